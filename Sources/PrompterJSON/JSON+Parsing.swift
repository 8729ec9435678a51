// SPDX-License-Identifier: Apache-2.0

extension JSON {
  /// Deeper nesting is refused, so that hostile files cannot exhaust the stack.
  public static let maximumDepth = 128

  /// The value that the bytes spell, with nothing but white space around it.
  ///
  /// A byte order mark at the start is skipped; anything ill-formed throws a
  /// ``JSONScanner/Failure``.
  public init(_ bytes: [UInt8]) throws {
    var scanner = JSONScanner(bytes)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { scanner.position = 3 }
    self = try scanner.value(depth: 0)
    try scanner.end()
  }
}

extension JSONScanner {
  fileprivate mutating func value(depth: Int) throws -> JSON {
    guard depth < JSON.maximumDepth else {
      throw failure(.words("at most \(JSON.maximumDepth) levels of nesting"))
    }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func object(depth: Int) throws -> JSON {
    var members: [(key: String, value: JSON)] = []
    try object { key, scanner in
      members.append((key, try scanner.value(depth: depth + 1)))
    }
    return .object(members)
  }

  private mutating func array(depth: Int) throws -> JSON {
    var elements: [JSON] = []
    try array { scanner in elements.append(try scanner.value(depth: depth + 1)) }
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
    guard let first = digits.first, first == UInt8(ascii: "-") || 0x30...0x39 ~= first,
      let value = Double(String(decoding: digits, as: UTF8.self))
    else {
      throw failure(.words("a number"))
    }
    return .number(value)
  }
}
