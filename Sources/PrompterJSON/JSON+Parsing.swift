// SPDX-License-Identifier: Apache-2.0

extension JSON {
  /// Deeper nesting is refused, so that hostile files cannot exhaust the stack.
  public static let maximumDepth = 128

  /// The value that the bytes spell, with nothing but white space around it.
  ///
  /// A byte order mark at the start is skipped.
  ///
  /// - Parameters:
  ///   - bytes: The text in UTF-8.
  ///   - allowsNonFinite: Whether `NaN`, `Infinity` and `-Infinity` are numbers, as Python has it.
  ///   - requiresStreamSafeText: See ``JSONScanner/requiresStreamSafeText``.
  /// - Throws: ``JSONScanner/Failure`` for anything that is ill-formed.
  public init(
    _ bytes: [UInt8], allowsNonFinite: Bool = false, requiresStreamSafeText: Bool = false
  ) throws {
    var scanner = JSONScanner(bytes, requiresStreamSafeText: requiresStreamSafeText)
    scanner.skipByteOrderMark()
    self = try scanner.value(depth: 0, allowsNonFinite)
    try scanner.end()
  }
}

extension JSONScanner {
  /// Goes past a byte order mark at the start.
  package mutating func skipByteOrderMark() {
    if position == 0, text.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// Reads a value of any kind.
  ///
  /// - Parameters:
  ///   - depth: How many objects and lists the value is in.
  ///   - allowsNonFinite: Whether `NaN`, `Infinity` and `-Infinity` are numbers.
  /// - Returns: The value.
  /// - Throws: ``Failure`` for anything that is ill-formed.
  package mutating func value(
    depth: Int, _ allowsNonFinite: Bool = false
  ) throws -> JSON {
    guard depth < JSON.maximumDepth else {
      throw failure(.words("at most \(JSON.maximumDepth) levels of nesting"))
    }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth, allowsNonFinite)
    case UInt8(ascii: "["): return try array(depth: depth, allowsNonFinite)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "N") where allowsNonFinite: return try word("NaN", .number(.nan))
    case UInt8(ascii: "I") where allowsNonFinite: return try word("Infinity", .number(.infinity))
    case UInt8(ascii: "-") where allowsNonFinite && follows(UInt8(ascii: "I")):
      return try word("-Infinity", .number(-.infinity))
    default: return try number()
    }
  }

  private mutating func object(depth: Int, _ allowsNonFinite: Bool) throws -> JSON {
    var members: [(key: String, value: JSON)] = []
    try object { key, scanner in
      members.append((key, try scanner.value(depth: depth + 1, allowsNonFinite)))
    }
    return .object(members)
  }

  private mutating func array(depth: Int, _ allowsNonFinite: Bool) throws -> JSON {
    var elements: [JSON] = []
    try array { scanner in elements.append(try scanner.value(depth: depth + 1, allowsNonFinite)) }
    return .array(elements)
  }

  private mutating func word(_ word: String, _ value: JSON) throws -> JSON {
    for letter in word.unicodeScalars { try expectNext(letter) }
    return value
  }

  private mutating func number() throws -> JSON {
    let start = position
    var isInteger = true
    scan: while let byte = next {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): advance()
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"):
        isInteger = false
        advance()
      default: break scan
      }
    }
    return try number(text[start..<position], isInteger: isInteger)
  }

  private func number(_ digits: ArraySlice<UInt8>, isInteger: Bool) throws -> JSON {
    let unsigned = digits.first == UInt8(ascii: "-") ? digits.dropFirst() : digits
    guard
      unsigned.count < 2 || unsigned.first != UInt8(ascii: "0")
        || !isDigit(unsigned.dropFirst().first)
    else { throw failure(.words("a number without a zero in front")) }
    if isInteger, digits.count < 19 {
      var magnitude = 0
      let isNegative = digits.first == UInt8(ascii: "-")
      for byte in digits.dropFirst(isNegative ? 1 : 0) {
        guard byte != UInt8(ascii: "-") else { throw failure(.words("a number")) }
        magnitude = magnitude * 10 + Int(byte - UInt8(ascii: "0"))
      }
      guard digits.count > (isNegative ? 1 : 0) else { throw failure(.words("a value")) }
      return .integer(isNegative ? -magnitude : magnitude)
    }
    guard isDigit(unsigned.first), let last = unsigned.last, isDigit(last), hasWholePoint(unsigned)
    else { throw failure(.words("a number")) }
    let spelling = String(decoding: digits, as: UTF8.self)
    if isInteger, let value = Int(spelling) { return .integer(value) }
    if isInteger, let value = UInt64(spelling) { return .natural(value) }
    guard let value = Double(spelling) else { throw failure(.words("a number")) }
    return .number(value)
  }

  /// Whether a digit follows the point, if there is one.
  private func hasWholePoint(_ digits: ArraySlice<UInt8>) -> Bool {
    guard let point = digits.firstIndex(of: UInt8(ascii: ".")) else { return true }
    return isDigit(digits[(point + 1)...].first)
  }

  private func isDigit(_ byte: UInt8?) -> Bool { byte.map { 0x30...0x39 ~= $0 } ?? false }

  /// Whether a byte comes after the next.
  private func follows(_ byte: UInt8) -> Bool {
    position + 1 < text.count && text[position + 1] == byte
  }
}
