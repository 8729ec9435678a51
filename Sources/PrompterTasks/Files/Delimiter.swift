// SPDX-License-Identifier: Apache-2.0

/// What separates the columns of a table.
public struct Delimiter: Sendable, Equatable, CustomStringConvertible {
  let bytes: [UInt8]

  /// A comma.
  public static let comma = Delimiter(byte: Byte.comma)
  /// A tab.
  public static let tab = Delimiter(byte: Byte.tab)
  /// A semicolon, which spreadsheets write where the comma is part of numbers.
  public static let semicolon = Delimiter(byte: UInt8(ascii: ";"))
  /// A vertical bar.
  public static let bar = Delimiter(byte: UInt8(ascii: "|"))
  /// A blank; the last column that is named takes the rest of the line.
  public static let space = Delimiter(byte: Byte.space)

  private static let words: [(word: String, delimiter: Delimiter)] = [
    ("tab", .tab), ("\\t", .tab), ("comma", .comma), ("semicolon", .semicolon), ("bar", .bar),
    ("pipe", .bar), ("space", .space),
  ]

  private init(byte: UInt8) {
    bytes = [byte]
  }

  /// One or more characters, or the word for one: `tab`, `comma`, `semicolon`, `bar` or `space`.
  ///
  /// Nil for nothing, and for quotes and line ends, which mean something else in tables.
  public init?(_ text: String) {
    if let known = Self.words.first(where: { $0.word == text }) {
      self = known.delimiter
      return
    }
    let other: Set = [Byte.quote, Byte.lineFeed, Byte.carriageReturn]
    guard !text.isEmpty, !text.utf8.contains(where: other.contains) else { return nil }
    bytes = Array(text.utf8)
  }

  /// The characters, or the word for one that cannot be seen.
  public var description: String {
    switch self {
    case .tab: "tab"
    case .space: "space"
    default: String(decoding: bytes, as: UTF8.self)
    }
  }

  /// Whether a field may stand in quotes, where the file's name does not say.
  var allowsQuotes: Bool { bytes.count == 1 && self != .tab && self != .space }
}

extension Delimiter {
  /// How many rows a delimiter is told by.
  private static let sample = 20

  /// The first of some delimiters that parts each of a text's first rows into the same number of
  /// columns, two or more.
  static func parting(_ bytes: [UInt8], among candidates: [Delimiter]) -> Delimiter? {
    candidates.first { candidate in
      guard let widths = candidate.widths(of: bytes), let first = widths.first else { return false }
      return first > 1 && widths.allSatisfy { $0 == first }
    }
  }

  /// What separates the columns of a table with quotes, a comma where nothing tells.
  static func ofQuotedTable(_ bytes: [UInt8]) -> Delimiter {
    let candidates = [comma, semicolon, tab, bar]
    // Of a table with a broken row the header still tells.
    return parting(bytes, among: candidates)
      ?? candidates.first { ($0.widths(of: bytes, rows: 1)?.first ?? 0) > 1 } ?? comma
  }

  /// The columns of each of the first rows; nil if the rows end in the middle of a field.
  private func widths(of bytes: [UInt8], rows: Int = sample) -> [Int]? {
    var source: any TableRows =
      allowsQuotes
      ? CommaSeparatedRows(bytes, file: "", delimiter: self)
      : TabSeparatedRows(bytes, delimiter: self)
    var (row, widths) = (TableRow(), [Int]())
    while widths.count < rows {
      guard let isRow = try? source.read(into: &row) else { return nil }
      guard isRow else { break }
      widths.append(row.columns.count)
    }
    return widths
  }
}
