// SPDX-License-Identifier: Apache-2.0

/// Reads one JSON document from bytes; anything ill-formed throws with its position.
struct JSONParser {
  /// Deeper nesting is refused, so that hostile files cannot exhaust the stack.
  static let maximumDepth = 128

  private let bytes: [UInt8]
  private let file: String
  private var position = 0

  private init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  /// The value that the bytes spell, with nothing but white space around it.
  static func parse(_ bytes: [UInt8], file: String) throws -> JSON {
    var parser = JSONParser(bytes, file: file)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { parser.position = 3 }
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.failure("the end of the file") }
    return value
  }

  private func failure(_ expected: String) -> TokenizerError {
    let found =
      position < bytes.count
      ? (0x21..<0x7F ~= bytes[position]
        ? "'\(Character(Unicode.Scalar(bytes[position])))'" : "byte \(bytes[position])")
      : "the end of the file"
    return .malformed(file: file, place: "byte \(position)", found: found, expected: expected)
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      let byte = bytes[position]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      position += 1
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func require(_ byte: UInt8) throws {
    guard take(byte) else { throw failure("'\(Character(Unicode.Scalar(byte)))'") }
  }

  private mutating func value(depth: Int) throws -> JSON {
    guard depth < Self.maximumDepth else {
      throw failure("at most \(Self.maximumDepth) levels of nesting")
    }
    skipSpace()
    guard position < bytes.count else { throw failure("a value") }
    switch bytes[position] {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSON) throws -> JSON {
    for byte in word.description.utf8 { try require(byte) }
    return value
  }

  private mutating func object(depth: Int) throws -> JSON {
    position += 1
    var members: [(key: String, value: JSON)] = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      skipSpace()
      let key = try string()
      skipSpace()
      try require(UInt8(ascii: ":"))
      members.append((key, try value(depth: depth + 1)))
      skipSpace()
    } while take(UInt8(ascii: ","))
    try require(UInt8(ascii: "}"))
    return .object(members)
  }

  private mutating func array(depth: Int) throws -> JSON {
    position += 1
    var elements: [JSON] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array(elements) }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipSpace()
    } while take(UInt8(ascii: ","))
    try require(UInt8(ascii: "]"))
    return .array(elements)
  }

  private mutating func number() throws -> JSON {
    let start = position
    var isInteger = true
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): break
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"):
        isInteger = false
      default: return try number(bytes[start..<position], isInteger: isInteger)
      }
      position += 1
    }
    return try number(bytes[start..<position], isInteger: isInteger)
  }

  private func number(_ digits: ArraySlice<UInt8>, isInteger: Bool) throws -> JSON {
    if isInteger, digits.count < 19 {
      var magnitude = 0
      let isNegative = digits.first == UInt8(ascii: "-")
      for byte in digits.dropFirst(isNegative ? 1 : 0) {
        guard byte != UInt8(ascii: "-") else { throw failure("a number") }
        magnitude = magnitude * 10 + Int(byte - UInt8(ascii: "0"))
      }
      guard digits.count > (isNegative ? 1 : 0) else { throw failure("a value") }
      return .integer(isNegative ? -magnitude : magnitude)
    }
    guard let first = digits.first, first == UInt8(ascii: "-") || 0x30...0x39 ~= first,
      let value = Double(String(decoding: digits, as: UTF8.self))
    else {
      throw failure("a number")
    }
    return .number(value)
  }

  /// A string; the common kind, without escapes, is copied in one go.
  private mutating func string() throws -> String {
    try require(UInt8(ascii: "\""))
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      guard bytes[position] >= 0x20 else { throw failure("no control character in a string") }
      if bytes[position] == UInt8(ascii: "\\") { return try escapedString(from: start) }
      position += 1
    }
    let text = try decoded(bytes[start..<position], at: start)
    try require(UInt8(ascii: "\""))
    return text
  }

  private func decoded(_ bytes: ArraySlice<UInt8>, at start: Int) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw TokenizerError.malformed(
        file: file, place: "byte \(start)", found: "a string with ill-formed bytes",
        expected: "UTF-8")
    }
    return text
  }

  private mutating func escapedString(from start: Int) throws -> String {
    var unescaped = Array(bytes[start..<position])
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      guard bytes[position] >= 0x20 else { throw failure("no control character in a string") }
      if take(UInt8(ascii: "\\")) {
        unescaped.append(contentsOf: UTF8.encode(try escape()) ?? UTF8.encodedReplacementCharacter)
      } else {
        unescaped.append(bytes[position])
        position += 1
      }
    }
    try require(UInt8(ascii: "\""))
    return try decoded(unescaped[...], at: start)
  }

  private mutating func escape() throws -> Unicode.Scalar {
    guard position < bytes.count else { throw failure("an escape") }
    let kind = bytes[position]
    let simple: Unicode.Scalar
    switch kind {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): simple = Unicode.Scalar(kind)
    case UInt8(ascii: "b"): simple = "\u{8}"
    case UInt8(ascii: "f"): simple = "\u{C}"
    case UInt8(ascii: "n"): simple = "\n"
    case UInt8(ascii: "r"): simple = "\r"
    case UInt8(ascii: "t"): simple = "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw failure("an escape")
    }
    position += 1
    return simple
  }

  private mutating func unicodeEscape() throws -> Unicode.Scalar {
    position += 1
    let first = try fourDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      throw failure("a surrogate pair")
    }
    let second = try fourDigits()
    guard 0xDC00..<0xE000 ~= second,
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw failure("a surrogate pair") }
    return scalar
  }

  private mutating func fourDigits() throws -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard position < bytes.count,
        let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue
      else { throw failure("four hexadecimal digits") }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
