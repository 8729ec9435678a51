// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterKernels
package import PrompterTasks

/// How queries are written.
package enum QueryFormat: String, CaseIterable {
  /// A JSON object a line.
  case jsonl
  /// A header and rows of RFC 4180.
  case csv
  /// A header and rows, separated by tabs.
  case tsv
  /// A text a line.
  case text

  /// What a file's extension says, apart from one that says how it is packed; JSON lines where it
  /// says nothing.
  package init(of path: String?) {
    switch path.map({ URL(filePath: $0).dataExtension }) {
    case "csv": self = .csv
    case "tsv": self = .tsv
    case "txt": self = .text
    default: self = .jsonl
    }
  }

  /// What a record of it is.
  fileprivate var records: RecordCutter.Kind {
    switch self {
    case .jsonl, .text: .lines
    case .csv: .commaSeparated
    case .tsv: .tabSeparated
    }
  }
}

/// One query as it stands in its file.
package struct QueryRecord: Sendable {
  /// What is written there.
  package enum Content: Sendable {
    case object([UInt8])
    case text(String)
    case row(TableRecord, TableHeader)
    case fault(QueryFailure)
  }

  /// The line on which it starts.
  package let line: Int
  package let content: Content
}

/// Reads queries from standard input or a file, piece by piece, unpacked where they are packed.
///
/// As many come together as are there: from a file as many as are asked for, from a person who
/// types one after another.
package struct QueryReader: Sendable {
  package let format: QueryFormat
  /// The names of a table's columns, once its first row was read.
  package private(set) var header: TableHeader?

  private let pieces: UnpackedPieces?
  private let name: String
  private let columns: ColumnNames?
  private var hasBegun = false
  private var cutter: RecordCutter
  private var hasEnded = false

  /// A reader of a file, or of standard input if there is no path or it is `-`.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - format: How it is written; nil for what its extension says.
  ///   - columns: What the columns of a table without a header are called.
  /// - Throws: `DataError` if it cannot be opened.
  package init(path: String?, format: QueryFormat? = nil, columns: ColumnNames? = nil) throws {
    let path = path == "-" ? nil : path
    do {
      pieces = UnpackedPieces(
        try path.map { try InputPieces(path: $0) } ?? InputPieces(),
        limit: PackedFile.limit(packedCount:))
    } catch let error as FileError {
      throw DataError(error, file: path ?? "")
    }
    name = path ?? "standard input"
    self.columns = columns
    self.format = format ?? QueryFormat(of: path)
    cutter = RecordCutter(self.format.records)
  }

  /// A reader of a text.
  package init(text: String, as format: QueryFormat = .jsonl, columns: ColumnNames? = nil) {
    (pieces, name, self.format, self.columns) = (nil, "text", format, columns)
    cutter = RecordCutter(format.records)
    cutter.append(Array(text.utf8))
    cutter.finish()
    hasEnded = true
  }

  /// The next queries, at least one unless the input has ended, and no more than are there.
  package mutating func next(atMost limit: Int) throws -> [QueryRecord] {
    var records: [QueryRecord] = []
    while records.count < limit {
      if let record = cutter.next() {
        if let query = try query(in: record) { records.append(query) }
      } else if hasEnded || !records.isEmpty && pieces?.isReady != true {
        break
      } else {
        try readOn()
      }
    }
    return records
  }

  private mutating func readOn() throws {
    let piece = try nextPiece()
    if !hasBegun { try KnownBinary.refuse(piece, file: name) }
    hasBegun = true
    hasEnded = piece.isEmpty
    if hasEnded { cutter.finish() } else { cutter.append(piece) }
  }

  private func nextPiece() throws -> [UInt8] {
    do {
      return try pieces?.next() ?? []
    } catch let error as UnpackingError {
      throw DataError.misread(file: name, .badlyPacked(reason: "\(error)"))
    } catch let error as FileError {
      throw DataError(error, file: name)
    }
  }

  // Nil for the header of a table.
  private mutating func query(in record: RecordCutter.Record) throws -> QueryRecord? {
    let content: QueryRecord.Content
    if format != .jsonl, String(validating: record.bytes, as: UTF8.self) == nil {
      guard format == .text || header != nil else {
        throw DataError.unreadable(file: name, reason: "its header is not UTF-8")
      }
      let failure = QueryFailure("The line is not UTF-8.")
      return QueryRecord(line: record.line, content: .fault(failure))
    }
    switch format {
    case .jsonl: content = .object(record.bytes)
    case .text: content = .text(String(decoding: record.bytes, as: UTF8.self))
    case .csv, .tsv:
      do {
        let row = try TableRecord(record, format.records)
        guard let header = try header ?? namedHeader(of: row) else {
          self.header = TableHeader(row)
          return nil
        }
        self.header = header
        content =
          row.count == header.names.count
          ? .row(row, header) : .fault(QueryFailure(Self.misfit(row, header)))
      } catch let fault as TableRecord.Fault {
        // Without its names no row has a meaning.
        guard header != nil else {
          throw DataError.malformedQuotes(file: name, line: fault.line, reason: fault.reason)
        }
        let place = fault.line == record.line ? "" : "Line \(fault.line): "
        content = .fault(QueryFailure("\(place)\(fault.reason)."))
      }
    }
    return QueryRecord(line: record.line, content: content)
  }

  private func namedHeader(of row: TableRecord) throws -> TableHeader? {
    try columns.map { TableHeader(try $0.header(of: row, file: name)) }
  }

  private static func misfit(_ row: TableRecord, _ header: TableHeader) -> String {
    let columns = row.count == 1 ? "1 column" : "\(row.count) columns"
    return "The row has \(columns); the header has \(header.names.count)."
  }
}
