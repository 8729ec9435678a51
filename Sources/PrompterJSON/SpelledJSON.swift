// SPDX-License-Identifier: Apache-2.0

/// A JSON value as it is spelled in a text, read only as far as somebody asks.
///
/// For rows of data, of which most members are not looked at and whose numbers are given back as
/// they came. It is read as forgivingly as Python reads it: half of a surrogate pair, and bytes
/// that are not UTF-8, become U+FFFD; `NaN` and `Infinity` count as null; of equal keys the last
/// holds. All else that is ill-formed throws a ``JSONScanner/Failure``.
///
/// - Complexity: O(bytes) in time, whatever is in them, and no more memory than the values asked
///   for.
public struct SpelledJSON: Sendable {
  /// What a value can be.
  public enum Kind: Sendable {
    /// The word `null`, or one for a number that is none.
    case null
    /// The word `true` or `false`.
    case bool
    /// A number.
    case number
    /// A string.
    case string
    /// A list.
    case array
    /// An object.
    case object
  }

  /// What the value is.
  public let kind: Kind

  private let text: [UInt8]
  private let range: Range<Int>

  /// The value that a part of a text spells, with nothing but white space around it.
  public init(_ text: [UInt8], in range: Range<Int>) throws {
    var scanner = JSONScanner(text, in: range, repairingStrings: true)
    self = try scanner.spelledValue()
    try scanner.end()
  }

  /// The value that a text spells, with nothing but white space around it.
  public init(_ text: [UInt8]) throws {
    try self.init(text, in: text.indices)
  }

  fileprivate init(_ text: [UInt8], at range: Range<Int>, _ kind: Kind) {
    self.text = text
    self.range = range
    self.kind = kind
  }

  /// Where the value is in the text that it was read from.
  public var place: Range<Int> { range }

  /// The value's bytes as a text.
  public var spelling: String { String(decoding: text[range], as: UTF8.self) }

  /// The string, nil if the value is of another kind.
  public var string: String? {
    guard kind == .string else { return nil }
    var scanner = scanner
    return try? scanner.string()
  }

  /// The string if nothing in it had to be replaced.
  public var wellFormedString: String? {
    guard kind == .string else { return nil }
    var scanner = JSONScanner(text, in: range, repairingStrings: false)
    return try? scanner.string()
  }

  /// The truth value, nil if the value is of another kind.
  public var bool: Bool? { kind == .bool ? text[range.lowerBound] == UInt8(ascii: "t") : nil }

  /// The number if it is written in digits alone and an `Int` holds it.
  public var integer: Int? { kind == .number ? Int(spelling) : nil }

  /// The elements, nil if the value is of another kind.
  public var elements: [SpelledJSON]? {
    guard kind == .array else { return nil }
    var (scanner, elements) = (scanner, [SpelledJSON]())
    try? scanner.array { elements.append(try $0.spelledValue()) }
    return elements
  }

  /// The members in the order of the text, those with equal keys included; nil if the value is of
  /// another kind.
  public var members: [(key: String, value: SpelledJSON)]? {
    guard kind == .object else { return nil }
    var (scanner, members) = (scanner, [(key: String, value: SpelledJSON)]())
    try? scanner.object { members.append(($0, try $1.spelledValue())) }
    return members
  }

  private var scanner: JSONScanner { JSONScanner(text, in: range, repairingStrings: true) }
}

extension JSONScanner {
  fileprivate mutating func spelledValue() throws -> SpelledJSON {
    skipSpace()
    let start = position
    let kind = try skipValue()
    return SpelledJSON(text, at: start..<position, kind)
  }
}
