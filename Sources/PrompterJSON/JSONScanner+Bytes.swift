// SPDX-License-Identifier: Apache-2.0

extension JSONScanner {
  /// Reads a string and appends its bytes, for tables whose strings need not be made one by one.
  ///
  /// Only the marks of ``requiresStreamSafeText`` are looked at, not whether the bytes are UTF-8:
  /// who reads a whole table so has looked at the text as a whole.
  ///
  /// - Complexity: O(n) in the length of the string.
  package mutating func string(into bytes: inout [UInt8]) throws {
    try expect("\"")
    let start = position
    let first = bytes.count
    while true {
      let plain = position
      while position < limit, Self.isPlain(text[position]) { position += 1 }
      bytes.append(contentsOf: text[plain..<position])
      guard try nextInString() != nil else { break }
      advance()
      bytes.append(contentsOf: try escape().utf8)
    }
    try expectNext("\"")
    guard requiresStreamSafeText, bytes.count - first > 60,
      !String(decoding: bytes[first...], as: UTF8.self).isStreamSafe
    else { return }
    position = start
    throw failure(.words("a string with at most \(String.mostMarks) combining marks in a row"))
  }

  /// Whether a byte of a string stands for itself.
  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  /// How many bytes are left.
  package var remaining: Int { limit - position }

  /// Reads a whole number from 0 to that of `Int32.max`, or nothing if there is none.
  package mutating func index() -> Int32? {
    skipSpace()
    let start = position
    var value = 0
    while let byte = next, 0x30...0x39 ~= byte, position - start < 10 {
      value = value * 10 + Int(byte - 0x30)
      advance()
    }
    guard position > start, position - start == 1 || text[start] != UInt8(ascii: "0") else {
      return nil
    }
    switch next {
    case UInt8(ascii: ",")?, UInt8(ascii: "}")?, UInt8(ascii: "]")?, 0x20?, 0x0A?, 0x0D?, 0x09?:
      return Int32(exactly: value)
    default: return nil
    }
  }

  /// Whether a character comes next that is not white space, which is gone past but for it.
  package mutating func startsWith(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    return next == UInt8(ascii: character)
  }

  /// Goes past a character if it is the next that is not white space.
  package mutating func takes(_ character: Unicode.Scalar) -> Bool { take(character) }

  /// Reads `{"key": value, …}`, where `key` reads a string and `value` what follows it.
  package mutating func table(
    key: (inout JSONScanner) throws -> Void, value: (inout JSONScanner) throws -> Void
  ) throws {
    try expect("{")
    if take("}") { return }
    repeat {
      try key(&self)
      try expect(":")
      try value(&self)
    } while take(",")
    try expect("}")
  }
}
