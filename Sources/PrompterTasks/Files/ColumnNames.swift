// SPDX-License-Identifier: Apache-2.0

/// What the columns of a file without a header are called.
public struct ColumnNames: Sendable, Equatable {
  /// The name of each place that has one, counted from 0.
  private let names: [Int: String]

  /// The number of columns, if all are named.
  private let count: Int?

  // What stands for a column that is not read.
  private static let skipped: Set = ["_", "-"]

  /// The names of all columns in their order; `_` or `-` for one that is not read.
  public init(_ names: [String]) {
    self.names = Dictionary(uniqueKeysWithValues: zip(names.indices, names))
      .filter { !Self.skipped.contains($0.value) }
    count = names.count
  }

  /// The names of some columns, by their numbers, counted from 1.
  public init(numbers: [(name: String, number: Int)]) {
    names = Dictionary(numbers.map { ($0.number - 1, $0.name) }) { first, _ in first }
    count = nil
  }

  /// Names as a user writes them, nil if they are none.
  ///
  /// | written | meaning |
  /// | --- | --- |
  /// | `label,title,text` | the columns are called so |
  /// | `label,_,text` | the same, and the second is not read; so does `-` |
  /// | `text=3,label=1` | the third is called `text` and the first `label`, whatever else there is |
  /// | `3,1` | the third is the text and the first the label |
  /// | `2,3,1` | the second is the text, the third its pair and the first the label |
  public init?(_ text: String) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map {
      String($0).trimmed
    }
    let numbers = parts.compactMap { Int($0) }
    if numbers.count == parts.count {
      let roles = numbers.count < 3 ? ["text", "label"] : ["text", "pair", "label"]
      guard numbers.count <= roles.count else { return nil }
      self.init(checking: zip(roles, numbers).map { ($0, $1) })
    } else if parts.contains(where: { $0.utf8.contains(UInt8(ascii: "=")) }) {
      let pairs = parts.compactMap { part -> (name: String, number: Int)? in
        guard let (name, number) = part.split(atFirst: "="), let number = Int(number) else {
          return nil
        }
        return (name.trimmed, number)
      }
      guard pairs.count == parts.count else { return nil }
      self.init(checking: pairs)
    } else {
      let named = parts.filter { !Self.skipped.contains($0) }
      guard !named.isEmpty, !named.contains(""), Set(named).count == named.count else { return nil }
      self.init(parts)
    }
  }

  private init?(checking numbers: [(name: String, number: Int)]) {
    guard numbers.allSatisfy({ $0.number > 0 && !$0.name.isEmpty }),
      Set(numbers.map(\.number)).count == numbers.count,
      Set(numbers.map(\.name)).count == numbers.count
    else { return nil }
    self.init(numbers: numbers)
  }
}

extension ColumnNames: ExpressibleByArrayLiteral {
  /// The names of all columns in their order.
  public init(arrayLiteral names: String...) {
    self.init(names)
  }
}

extension ColumnNames {
  /// The names in the order of the columns.
  var all: [String] { names.sorted { $0.key < $1.key }.map(\.value) }

  /// The most columns that a row can be cut into.
  var width: Int { count ?? (names.keys.max() ?? 0) + 1 }

  /// The header of a table whose first row has so many columns; a column without a name is called
  /// by its number.
  func header(of row: TableRow, file: String) throws -> [String] {
    try header(
      of: row.columns.indices.map(row.trimmedText), line: row.line, file: file)
  }

  /// The same of a table that is read row by row.
  package func header(of row: TableRecord, file: String) throws -> [String] {
    try header(of: (0..<row.count).map { row[$0].trimmed }, line: row.line, file: file)
  }

  private func header(of cells: [String], line: Int, file: String) throws -> [String] {
    let found = cells.count
    guard found == (count ?? max(found, width)) else {
      throw DataError.misread(
        file: file, .otherColumnCount(line: line, found: found, named: all, width: width))
    }
    let header = (0..<found).map { names[$0] ?? "\($0 + 1)" }
    // The names of a header that is there would become an example.
    let isHeader = names.allSatisfy { place, name in
      cells[place].lowercased().utf8.elementsEqual(name.lowercased().utf8)
    }
    guard !isHeader else { throw DataError.misread(file: file, .namesInHeader(all)) }
    return header
  }
}

/// Rows without a header, put below one.
struct NamedRows: TableRows {
  private var source: any TableRows
  private let names: ColumnNames
  private let file: String
  private var first: TableRow?
  private var isStarted = false

  var hasHeader: Bool { false }

  init(_ source: any TableRows, names: ColumnNames, file: String) {
    self.source = source
    self.names = names
    self.file = file
  }

  mutating func read(into row: inout TableRow) throws -> Bool {
    if !isStarted {
      isStarted = true
      var first = TableRow()
      guard try source.read(into: &first) else { return false }
      row = TableRow(try names.header(of: first, file: file), line: first.line)
      self.first = first
      return true
    }
    if let first {
      row = first
      self.first = nil
      return true
    }
    return try source.read(into: &row)
  }
}
