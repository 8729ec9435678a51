// SPDX-License-Identifier: Apache-2.0

/// One row of a table: the bytes of its columns, found in one array that rows may share.
struct TableRow {
  var bytes: [UInt8] = []
  var columns: [Range<Int>] = []
  var line = 0

  /// The text of a column, its invalid bytes replaced.
  func text(_ column: Int) -> String {
    String(decoding: bytes[columns[column]], as: UTF8.self)
  }

  /// The text of a column, without blanks around it.
  func trimmedText(_ column: Int) -> String {
    String(decoding: bytes[Byte.trimmed(columns[column], of: bytes)], as: UTF8.self)
  }
}

/// The rows of a table, the header first.
protocol TableRows {
  /// Reads the next row into `row`, whose memory is used again; false at the end.
  mutating func read(into row: inout TableRow) throws -> Bool
}

/// Rows whose columns are separated by tabs, without quoting.
struct TabSeparatedRows: TableRows {
  private let bytes: [UInt8]
  private var lines: Lines

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    lines = Lines(bytes)
  }

  mutating func read(into row: inout TableRow) -> Bool {
    guard let (range, number) = lines.next() else { return false }
    row.bytes = bytes
    row.line = number
    row.columns.removeAll(keepingCapacity: true)
    var start = range.lowerBound
    for position in range where bytes[position] == Byte.tab {
      row.columns.append(start..<position)
      start = position + 1
    }
    row.columns.append(start..<range.upperBound)
    return true
  }
}

extension ExampleReader {
  /// Reads a header and the rows below it.
  func tableExamples(
    from source: some TableRows, _ omissions: inout Omissions
  ) throws -> [Example] {
    var rows = source
    var row = TableRow()
    guard try rows.read(into: &row) else { throw DataError.noExamples(file: file) }
    let columns = row.columns.indices.map(row.trimmedText)
    let roles = try roles(in: columns, &omissions)
    var examples: [Example] = []
    var misfit: DataError?
    while examples.count < limit, try rows.read(into: &row) {
      if row.columns.count == columns.count {
        try examples.append(example(from: row, roles: roles))
        continue
      }
      let fault = DataError.wrongColumnCount(
        file: file, line: row.line, found: row.columns.count, expected: columns.count)
      guard passesOverBadRows else { throw fault }
      misfit = misfit ?? fault
      omissions.passOver(line: row.line)
    }
    // Where no row fits it is the header that is wrong.
    if examples.isEmpty, let misfit { throw misfit }
    return examples
  }

  private func example(from row: TableRow, roles: ColumnRoles) throws -> Example {
    try Example(
      text: row.text(roles.text), pair: roles.pair.map(row.text),
      label: checkedLabel(roles.label.map(row.trimmedText), line: row.line), line: row.line)
  }
}
