// SPDX-License-Identifier: Apache-2.0

/// Reads the JSON of a safetensors header, strictly and in one pass.
///
/// Foundation's decoder keeps one of two equal keys and says nothing, and accepts numbers such as
/// `1e3` for a size; a header must have neither. The header's depth is fixed, so its reader asks
/// for the parts in turn and nothing recurses, however deep a hostile file nests.
struct JSONScanner {
  /// What the text has in place of what it should have.
  struct Failure: Error, Equatable {
    let position: Int
    let expected: String
  }

  private let text: [UInt8]
  private(set) var position = 0

  init(_ text: [UInt8]) {
    self.text = text
  }

  /// Reads `{"key": value, …}`, where `value` reads what follows each key.
  mutating func object(
    _ value: (_ key: String, inout JSONScanner) throws -> Void
  ) throws {
    try expect("{")
    if take("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try value(key, &self)
    } while take(",")
    try expect("}")
  }

  /// Reads `[number, …]`, where every number is a size.
  mutating func sizes() throws -> [Int] {
    try expect("[")
    if take("]") { return [] }
    var values: [Int] = []
    repeat { values.append(try size()) } while take(",")
    try expect("]")
    return values
  }

  /// Reads a string.
  mutating func string() throws -> String {
    try expect("\"")
    let start = position
    while position < text.count, text[position] != UInt8(ascii: "\"") {
      guard text[position] >= 0x20 else { throw failure("no control character in a string") }
      if text[position] == UInt8(ascii: "\\") { return try escapedString(from: start) }
      position += 1
    }
    return try endString(Array(text[start..<position]))
  }

  /// Makes sure that nothing but white space is left.
  mutating func end() throws {
    skipSpace()
    guard position == text.count else { throw failure("nothing more") }
  }

  func failure(_ expected: String) -> Failure {
    Failure(position: position, expected: expected)
  }

  private mutating func size() throws -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < text.count, case let digit = Int(text[position]) - 0x30, 0...9 ~= digit {
      let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = shifted.addingReportingOverflow(digit)
      guard !overflow, !carry else { throw failure("a number below 2^63") }
      value = sum
      position += 1
    }
    guard position > start else { throw failure("a number without sign") }
    guard position == start + 1 || text[start] != 0x30 else {
      throw failure("no leading zero in a number")
    }
    return value
  }

  private mutating func escapedString(from start: Int) throws -> String {
    var bytes = Array(text[start..<position])
    while position < text.count, text[position] != UInt8(ascii: "\"") {
      let byte = text[position]
      guard byte >= 0x20 else { throw failure("no control character in a string") }
      position += 1
      if byte == UInt8(ascii: "\\") {
        bytes.append(contentsOf: String(try escape()).utf8)
      } else {
        bytes.append(byte)
      }
    }
    return try endString(bytes)
  }

  private mutating func endString(_ bytes: [UInt8]) throws -> String {
    guard let string = String(validating: bytes, as: UTF8.self) else {
      throw failure("a string in UTF-8")
    }
    try expect("\"")
    return string
  }

  /// Reads what follows a backslash.
  private mutating func escape() throws -> Unicode.Scalar {
    guard position < text.count else { throw failure("an escape sequence") }
    let letter = text[position]
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try escapedScalar()
    default: throw failure("an escape sequence")
    }
  }

  private mutating func escapedScalar() throws -> Unicode.Scalar {
    let unit = try fourDigits()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    // Characters beyond U+FFFF are written as two halves, the high one first.
    guard unit < 0xDC00, position + 1 < text.count,
      text[position] == UInt8(ascii: "\\"), text[position + 1] == UInt8(ascii: "u")
    else { throw failure("both halves of a surrogate pair") }
    position += 2
    let low = try fourDigits()
    guard 0xDC00...0xDFFF ~= low,
      let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    else { throw failure("both halves of a surrogate pair") }
    return scalar
  }

  private mutating func fourDigits() throws -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard position < text.count,
        let digit = Character(Unicode.Scalar(text[position])).hexDigitValue
      else { throw failure("four hexadecimal digits") }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  private mutating func skipSpace() {
    while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
  }

  /// Goes past `byte` if it is the next that is not white space.
  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < text.count, text[position] == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ byte: Unicode.Scalar) throws {
    // A string's end must be the very next byte, which skipping space cannot miss: the callers
    // stop at the quotation mark itself.
    guard take(byte) else { throw failure("`\(byte)`") }
  }
}
