// SPDX-License-Identifier: Apache-2.0

/// The text of a data file, and how its rows are written.
struct DataText {
  /// The rows of a text.
  enum Rows {
    case table(any TableRows)
    case objects(JSONObjects)
  }

  /// UTF-8, but for TREC's lines.
  let bytes: [UInt8]
  let format: DataFormat
  let form: FileForm
  /// The path as messages name it.
  let file: String

  /// The text of a file's bytes.
  ///
  /// - Parameters:
  ///   - bytes: The bytes, unpacked.
  ///   - format: The format that the file's name says; nil looks inside.
  ///   - form: What a user says of it.
  ///   - file: The file, for messages.
  /// - Throws: ``DataError/misread(file:_:)``.
  init(_ bytes: [UInt8], format: DataFormat?, form: FileForm, file: String) throws {
    let said = form.format ?? format
    self.bytes =
      said == .trec && form.encoding == nil
      ? bytes : try TextEncoding.text(of: bytes, as: form.encoding, file: file)
    self.format = said ?? DataFormat(found: self.bytes, delimiter: form.delimiter)
    self.form = form
    self.file = file
    try refuseUnfit()
  }

  /// The columns whose names are not the file's own but a user's or the format's.
  var hasGivenNames: Bool { form.columns != nil || format == .fastText || format == .lines }

  /// Refuses lines without labels where labels are needed and nobody said that it is lines.
  func checkLabels(areRequired: Bool) throws {
    guard areRequired, format == .lines, form.format == nil else { return }
    throw DataError.misread(file: file, .onlyLines)
  }

  private func refuseUnfit() throws {
    var unfit: [String] = []
    if form.delimiter != nil, format != .commaSeparated, format != .tabSeparated {
      unfit.append("delimiter")
    }
    if form.columns != nil, format == .trec || format == .fastText || format == .lines {
      unfit.append("column to name")
    }
    if form.records != nil, !format.isJSON { unfit.append("list of records") }
    guard let first = unfit.first else { return }
    throw DataError.misread(file: file, .unfit(format: format, has: first))
  }

  /// The rows.
  func rows() throws -> Rows {
    switch format {
    case .json, .jsonLines: return try JSONRecords(self).rows()
    case .tabSeparated:
      let delimiter = form.delimiter ?? .tab
      return table(
        TabSeparatedRows(
          bytes, delimiter: delimiter,
          width: delimiter == .space ? form.columns?.width : nil))
    case .commaSeparated:
      let delimiter = form.delimiter ?? .ofQuotedTable(bytes)
      return table(CommaSeparatedRows(bytes, file: file, delimiter: delimiter))
    case .trec: return .table(TRECQuestions.rows(in: bytes, file: file))
    case .fastText: return .table(FastTextLine.rows(in: bytes, file: file))
    case .lines: return .table(LineRows(bytes, header: ["text"]) { text, _ in [Array(text)] })
    }
  }

  private func table(_ rows: some TableRows) -> Rows {
    guard let names = form.columns else { return .table(rows) }
    return .table(NamedRows(rows, names: names, file: file))
  }
}

/// Rows that are lines of a format with columns of its own.
struct LineRows: TableRows {
  private let bytes: [UInt8]
  private var lines: Lines
  private var header: [String]?
  private let columns: (ArraySlice<UInt8>, Int) throws -> [[UInt8]]

  var hasHeader: Bool { false }

  /// The lines of a text.
  ///
  /// - Parameters:
  ///   - bytes: The text.
  ///   - header: The names of the columns.
  ///   - columns: The columns of a line, whose number it is told.
  init(
    _ bytes: [UInt8], header: [String],
    columns: @escaping (ArraySlice<UInt8>, Int) throws -> [[UInt8]]
  ) {
    self.bytes = bytes
    self.header = header
    self.columns = columns
    lines = Lines(bytes)
  }

  mutating func read(into row: inout TableRow) throws -> Bool {
    guard let (range, number) = lines.next() else { return false }
    if let header {
      row = TableRow(header, line: number)
      self.header = nil
      lines = Lines(bytes)
    } else {
      row = TableRow(try columns(bytes[range], number), line: number)
    }
    return true
  }
}
