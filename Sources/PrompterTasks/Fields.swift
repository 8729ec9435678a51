// SPDX-License-Identifier: Apache-2.0

/// Which columns of a file hold the text, the second text and the label.
///
/// A field that is nil is found by name, from the first of these layouts whose columns are all in
/// the file (case does not count):
///
/// | text | pair | where it comes from |
/// | --- | --- | --- |
/// | `text` | `pair`, if there | Prompter's own names |
/// | `sentence1` | `sentence2` | GLUE |
/// | `premise` | `hypothesis` | SuperGLUE |
/// | `question` | `passage` | BoolQ |
/// | `#1 String` | `#2 String` | MRPC |
/// | `sentence` | | SST-2 |
///
/// and the label from the first of `label`, `answer` (BoolQ's first release), `Quality` (MRPC) and
/// `coarse` (TREC, whose files have the columns `text`, `coarse` and `fine`).
///
/// If ``text`` is named and ``pair`` is not, examples have one text.
public struct Fields: Codable, Sendable, Equatable {
  /// The column with the text, or nil to find it by name.
  public var text: String?

  /// The column with the second text.
  public var pair: String?

  /// The column with the label, or nil to find it by name.
  public var label: String?

  /// Of questions with choices the column with a list of them, or what the names of columns with
  /// one each begin with; nil to find them by name.
  public var choices: String?

  /// Fields in named columns; what is not named is found by name.
  public init(
    text: String? = nil, pair: String? = nil, label: String? = nil, choices: String? = nil
  ) {
    self.text = text
    self.pair = pair
    self.label = label
    self.choices = choices
  }
}

/// Where the fields of an example are among a file's columns.
struct ColumnRoles: Equatable {
  var text: Int
  var pair: Int?
  var label: Int?

  /// The columns that no field takes.
  func unread(of columns: [String]) -> [String] {
    columns.indices.filter { $0 != text && $0 != pair && $0 != label }.map { columns[$0] }
  }
}

extension Fields {
  /// The names of texts, and of second texts, that belong together.
  package static let layouts: [(text: String, pair: String?)] = [
    ("text", nil), ("sentence1", "sentence2"), ("premise", "hypothesis"), ("question", "passage"),
    ("#1 String", "#2 String"), ("sentence", nil),
  ]

  private static let labelNames = ["label", "answer", "Quality", "coarse"]

  private static let usualNames =
    layouts.flatMap { [$0.text, $0.pair ?? "pair"] } + labelNames + ["input", "target"]

  /// Whether a column of public files is called so.
  package static func isUsual(_ name: String) -> Bool { position(of: name, in: usualNames) != nil }

  /// Whether a column may be one of the fields, by its name.
  func expects(_ name: String) -> Bool {
    let own = [text, pair, label].compactMap { $0 }
    return Self.position(of: name, in: own) != nil || Self.isUsual(name)
  }

  /// Finds the fields among the columns of a file.
  ///
  /// - Parameters:
  ///   - columns: The columns.
  ///   - file: The file, for messages.
  ///   - requireLabels: Whether there must be a label.
  ///   - requirePair: Whether there must be a second text.
  ///   - labelNames: What the label may be called beside the usual names.
  /// - Returns: Their places.
  /// - Throws: ``DataError/missingColumn(file:field:expected:found:)``;
  ///   ``DataError/duplicateColumn(file:column:)`` if a name may be either of two columns.
  func roles(
    in columns: [String], file: String, requireLabels: Bool, requirePair: Bool = false,
    labelNames: [String] = []
  ) throws -> ColumnRoles {
    var roles = try textRoles(in: columns, file: file, requirePair: requirePair)
    let names = label.map { [$0] } ?? Self.labelNames + labelNames
    roles.label = names.lazy.compactMap { Self.position(of: $0, in: columns) }.first
    guard roles.label != nil || !requireLabels else {
      throw DataError.missingColumn(file: file, field: "label", expected: names, found: columns)
    }
    for place in [roles.text, roles.pair, roles.label].compactMap(\.self) {
      let isTwice = columns.count { $0.utf8.elementsEqual(columns[place].utf8) } > 1
      guard !isTwice else {
        throw DataError.duplicateColumn(file: file, column: columns[place])
      }
    }
    return roles
  }

  private func textRoles(
    in columns: [String], file: String, requirePair: Bool
  ) throws -> ColumnRoles {
    guard let text else {
      return try foundTextRoles(in: columns, file: file, requirePair: requirePair)
    }
    let textColumn = try Self.column(named: text, for: "text", in: columns, file: file)
    let pairColumn = try pair.map {
      try Self.column(named: $0, for: "pair", in: columns, file: file)
    }
    return ColumnRoles(text: textColumn, pair: pairColumn)
  }

  private func foundTextRoles(
    in columns: [String], file: String, requirePair: Bool
  ) throws -> ColumnRoles {
    for layout in Self.layouts {
      guard let textColumn = Self.position(of: layout.text, in: columns) else { continue }
      if let name = pair {
        let pairColumn = try Self.column(named: name, for: "pair", in: columns, file: file)
        return ColumnRoles(text: textColumn, pair: pairColumn)
      }
      let pairColumn = Self.position(of: layout.pair ?? "pair", in: columns)
      guard pairColumn != nil || (layout.pair == nil && !requirePair) else { continue }
      return ColumnRoles(text: textColumn, pair: pairColumn)
    }
    try refuseHalves(in: columns, file: file, requirePair: requirePair)
    let expected = Self.layouts.filter { !requirePair || $0.pair != nil }
      .map { requirePair ? "\($0.text) and \($0.pair ?? "")" : $0.text }
    throw DataError.missingColumn(
      file: file, field: requirePair ? "text and pair" : "text", expected: expected, found: columns)
  }

  /// Refuses columns of which one is a layout's and its partner is missing: they tell more than a
  /// list of all names.
  private func refuseHalves(in columns: [String], file: String, requirePair: Bool) throws {
    for layout in Self.layouts {
      guard let pair = layout.pair ?? (requirePair ? "pair" : nil) else { continue }
      let hasText = Self.position(of: layout.text, in: columns) != nil
      let hasPair = Self.position(of: pair, in: columns) != nil
      guard hasText != hasPair else { continue }
      throw DataError.misread(
        file: file,
        .missingPartner(
          of: hasText ? layout.text : pair, partner: hasText ? pair : layout.text, found: columns))
    }
  }

  private static func column(
    named name: String, for field: String, in columns: [String], file: String
  ) throws -> Int {
    guard let position = position(of: name, in: columns) else {
      throw DataError.missingColumn(file: file, field: field, expected: [name], found: columns)
    }
    return position
  }

  /// The column of that very name, or else one that differs in case only.
  static func position(of name: String, in columns: [String]) -> Int? {
    func first(_ name: String, _ spelling: (String) -> String) -> Int? {
      columns.firstIndex { spelling($0).utf8.elementsEqual(name.utf8) }
    }
    return first(name) { $0 } ?? first(name.lowercased()) { $0.lowercased() }
  }
}
