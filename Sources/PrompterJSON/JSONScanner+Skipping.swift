// SPDX-License-Identifier: Apache-2.0

extension JSONScanner {
  /// Goes past a value of any kind, which is checked as strictly as one that is read.
  ///
  /// Nothing recurses, so that a text may nest as deeply as it likes.
  ///
  /// - Returns: The kind of the value.
  mutating func skipValue() throws -> SpelledJSON.Kind {
    skipSpace()
    let kind = try kindOfNext()
    var closers: [Unicode.Scalar] = []  // of the brackets that are open, the innermost last
    repeat {
      try skipStart(&closers)
    } while !closers.isEmpty
    return kind
  }

  private func kindOfNext() throws -> SpelledJSON.Kind {
    switch next {
    case UInt8(ascii: "{")?: .object
    case UInt8(ascii: "[")?: .array
    case UInt8(ascii: "\"")?: .string
    case UInt8(ascii: "t")?, UInt8(ascii: "f")?: .bool
    case UInt8(ascii: "n")?, UInt8(ascii: "N")?, UInt8(ascii: "I")?: .null
    case UInt8(ascii: "-")? where isNext("-Infinity"): .null
    case UInt8(ascii: "-")?, (UInt8(ascii: "0")...UInt8(ascii: "9"))?: .number
    default: throw failure(.words("a value"))
    }
  }

  /// Goes past a simple value, or into a list or an object, and then out of all that ends there.
  private mutating func skipStart(_ closers: inout [Unicode.Scalar]) throws {
    skipSpace()
    switch try kindOfNext() {
    case .object:
      advance()
      if !take("}") {
        closers.append("}")
        return try skipKey()
      }
    case .array:
      advance()
      if !take("]") { return closers.append("]") }
    case .string: try skipString()
    case .number: try skipNumber()
    case .bool, .null: try skipWord()
    }
    while let closer = closers.last {
      if take(",") { return closer == "}" ? try skipKey() : () }
      try expect(closer)
      closers.removeLast()
    }
  }

  private mutating func skipKey() throws {
    skipSpace()
    try skipString()
    try expect(":")
  }

  private mutating func skipString() throws {
    try expectNext("\"")
    while let byte = try nextInString() {
      advance()
      if byte == UInt8(ascii: "\\") { _ = try escape() }
    }
    try expectNext("\"")
  }

  private mutating func skipNumber() throws {
    _ = takeNext("-")
    if !takeNext("0") { try skipDigits() }
    if takeNext(".") { try skipDigits() }
    if takeNext("e") || takeNext("E") {
      if !takeNext("+") { _ = takeNext("-") }
      try skipDigits()
    }
  }

  private mutating func skipDigits() throws {
    let start = position
    while let byte = next, 0x30...0x39 ~= byte { advance() }
    guard position > start else { throw failure(.words("a digit")) }
  }

  // Python and pandas write the last three for numbers that are none.
  private mutating func skipWord() throws {
    let words: [StaticString] = ["true", "false", "null", "NaN", "Infinity", "-Infinity"]
    guard let word = words.first(where: isNext) else { throw failure(.words("a value")) }
    position += word.utf8CodeUnitCount
  }

  private func isNext(_ word: StaticString) -> Bool {
    text[position..<limit].starts(with: "\(word)".utf8)
  }
}
