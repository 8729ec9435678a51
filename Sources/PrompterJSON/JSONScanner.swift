// SPDX-License-Identifier: Apache-2.0

/// Reads JSON strictly and in one pass, its parts in turn as the caller asks for them.
///
/// The reader of a format with a fixed depth needs nothing else: it recurses no deeper than it
/// asks, however deep a hostile file nests, and sees every key, also one of two that are equal.
///
/// ```swift
/// var scanner = JSONScanner(bytes)
/// var names: [String: String] = [:]
/// try scanner.object { key, scanner in names[key] = try scanner.string() }
/// try scanner.end()
/// ```
///
/// What may hold anything is read as a whole, as a ``JSON``.
public struct JSONScanner: Sendable {
  let text: [UInt8]

  /// Where the text ends.
  let limit: Int

  /// Whether a string may hold what no Unicode text does; U+FFFD stands for it.
  let repairsStrings: Bool

  /// How many bytes have been read.
  public internal(set) var position: Int

  /// Whether strings of more than 30 combining marks in a row are refused.
  ///
  /// That is Unicode's bound for "stream-safe text" (UAX #15, section 13), which no language comes
  /// near. Swift sorts the marks of a string by insertion wherever it compares or hashes it, so a
  /// name of 80,000 marks takes a minute; with this bound names are as cheap as they look. What is
  /// read for its text, like data, has no need of it.
  public var requiresStreamSafeText: Bool

  /// A scanner that is at the first byte of a text.
  public init(_ text: [UInt8], requiresStreamSafeText: Bool = false) {
    self.init(text, in: text.indices, repairingStrings: false)
    self.requiresStreamSafeText = requiresStreamSafeText
  }

  init(_ text: [UInt8], in range: Range<Int>, repairingStrings: Bool) {
    self.text = text
    position = range.lowerBound
    limit = range.upperBound
    repairsStrings = repairingStrings
    requiresStreamSafeText = false
  }

  /// The byte to be read next, nil at the end.
  public var next: UInt8? { position < limit ? text[position] : nil }

  /// Goes past the next byte; there must be one.
  public mutating func advance() { position += 1 }

  /// Goes past white space.
  public mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      advance()
    }
  }

  /// Reads `{"key": value, …}`, where `value` reads what follows each key.
  public mutating func object(
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

  /// Reads `[element, …]`, where `element` reads each of them.
  public mutating func array(_ element: (inout JSONScanner) throws -> Void) throws {
    try expect("[")
    if take("]") { return }
    repeat { try element(&self) } while take(",")
    try expect("]")
  }

  /// Makes sure that nothing but white space is left.
  public mutating func end() throws {
    skipSpace()
    guard next == nil else { throw failure(.end) }
  }

  /// Goes past a character if it is the next that is not white space.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    return takeNext(character)
  }

  mutating func expect(_ character: Unicode.Scalar) throws {
    skipSpace()
    try expectNext(character)
  }

  /// Goes past a character if it is the very next.
  mutating func takeNext(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    advance()
    return true
  }

  mutating func expectNext(_ character: Unicode.Scalar) throws {
    guard takeNext(character) else { throw failure(.character(character)) }
  }
}
