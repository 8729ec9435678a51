// SPDX-License-Identifier: Apache-2.0

/// One row of a table: the bytes of its columns, found in one array that rows may share.
struct TableRow {
  var bytes: [UInt8] = []
  var columns: [Range<Int>] = []
  var line = 0

  init() {}

  /// A row of some columns.
  init(_ cells: [[UInt8]], line: Int) {
    self.line = line
    for cell in cells {
      columns.append(bytes.count..<(bytes.count + cell.count))
      bytes += cell
    }
  }

  /// A row of some names.
  init(_ names: [String], line: Int) {
    self.init(names.map { Array($0.utf8) }, line: line)
  }

  /// The text of a column.
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
  /// Whether the header is a row of the file.
  var hasHeader: Bool { get }

  /// Reads the next row into `row`, whose memory is used again; false at the end.
  mutating func read(into row: inout TableRow) throws -> Bool
}

extension TableRows {
  var hasHeader: Bool { true }

  /// The error of a row that has not as many columns as the header.
  func misfit(_ row: TableRow, file: String, width: Int) -> DataError {
    hasHeader
      ? .wrongColumnCount(file: file, line: row.line, found: row.columns.count, expected: width)
      : .misread(file: file, .unevenRow(line: row.line, found: row.columns.count, first: width))
  }
}

/// Rows whose columns are separated by tabs, or another delimiter, without quoting.
struct TabSeparatedRows: TableRows {
  private let bytes: [UInt8]
  private var lines: Lines
  private let delimiter: [UInt8]
  private let width: Int

  /// The rows of a text.
  ///
  /// - Parameters:
  ///   - bytes: The text.
  ///   - delimiter: What separates columns.
  ///   - width: The number of columns of which the last takes the rest of the line, if it does.
  init(_ bytes: [UInt8], delimiter: Delimiter = .tab, width: Int? = nil) {
    self.bytes = bytes
    self.delimiter = delimiter.bytes
    self.width = width ?? .max
    lines = Lines(bytes)
  }

  mutating func read(into row: inout TableRow) -> Bool {
    guard let (range, number) = lines.next() else { return false }
    row.bytes = bytes
    row.line = number
    row.columns.removeAll(keepingCapacity: true)
    var start = range.lowerBound
    for position in range where bytes[position] == delimiter[0] {
      guard row.columns.count + 1 < width else { break }
      guard position >= start, isDelimiter(at: position, before: range.upperBound) else { continue }
      row.columns.append(start..<position)
      start = position + delimiter.count
    }
    row.columns.append(start..<range.upperBound)
    return true
  }

  private func isDelimiter(at position: Int, before end: Int) -> Bool {
    delimiter.count == 1
      || position + delimiter.count <= end && bytes[position...].starts(with: delimiter)
  }
}

extension ExampleReader {
  /// Reads a header and the rows below it.
  func tableExamples(
    from source: some TableRows, _ omissions: inout Omissions
  ) throws -> [Example] {
    var rows = PublishedRows(source, published.columns) { $0.contains(where: fields.expects) }
    var row = TableRow()
    guard try rows.read(into: &row) else { throw DataError.noExamples(file: file) }
    let columns = row.columns.indices.map(row.trimmedText)
    let roles = try roles(in: columns, of: rows, &omissions)
    var examples: [Example] = []
    var misfit: DataError?
    while examples.count < limit, try rows.read(into: &row) {
      if row.columns.count == columns.count {
        try examples.append(example(from: row, roles: roles))
        continue
      }
      let fault = rows.misfit(row, file: file, width: columns.count)
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
