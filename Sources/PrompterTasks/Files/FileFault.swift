// SPDX-License-Identifier: Apache-2.0

/// What makes a file another one than it was taken for.
public enum FileFault: Error, Equatable, Sendable {
  /// A byte that UTF-8 does not have in its place; `byte` counts from 1 in its line.
  case notUTF8(line: Int, byte: Int, found: UInt8)
  /// Bytes that the encoding does not have; `byte` counts from 1 in the file.
  case notEncoded(TextEncoding, byte: Int)
  /// UTF-16 that does not say so.
  case unmarkedUTF16
  /// It holds no text at all.
  case noText(found: String)
  /// It is Apache Parquet's table, which other programs make text of.
  case parquet
  /// It is compressed, and its bytes are not those of such a file.
  case badlyPacked(reason: String)
  /// It is compressed by a program whose files are not read.
  case otherwisePacked(String)
  /// A first row without the column that is needed, and without any that is known.
  case missingHeader(field: String, expected: [String], found: [String])
  /// One of two columns that belong together.
  case missingPartner(of: String, partner: String, found: [String])
  /// A row with another number of columns than were named.
  case otherColumnCount(line: Int, found: Int, named: [String], width: Int)
  /// A row that is not like the first, in a file without a header.
  case unevenRow(line: Int, found: Int, first: Int)
  /// A first row that says what was said of it.
  case namesInHeader([String])
  /// Something was said of it that its format does not have.
  case unfit(format: DataFormat, has: String)
  /// Lines of text, where labels are needed.
  case onlyLines
  /// A line that is not what fastText reads.
  case malformedLabels(line: Int, reason: String)
  /// A list of values without names.
  case unnamedValues(line: Int)
  /// No list of rows where one should be.
  case noRecords(reason: String)
  /// Too few examples to part them.
  case unsplittable(reason: String)
}

extension FileFault {
  /// The fault as the end of a sentence that begins with the file's name.
  var ending: String {
    switch self {
    case .notUTF8(let line, let byte, let found):
      ", line \(line): byte \(byte) of the line is \(Self.hexadecimal(found)), which is no UTF-8"
    case .notEncoded(let encoding, let byte):
      " is no \(encoding.rawValue): its byte \(byte) does not fit"
    case .unmarkedUTF16: " begins like UTF-16, but without the mark that says so"
    case .noText(let found): " is \(found); save it as CSV or JSON lines"
    case .parquet:
      " is a Parquet file; save it as JSON lines, by DuckDB's COPY (FROM 'FILE.parquet') TO "
        + "'FILE.jsonl' (FORMAT json), or by pandas' read_parquet(\"FILE.parquet\").to_json("
        + "\"FILE.jsonl\", orient=\"records\", lines=True)"
    case .badlyPacked(let reason): " cannot be unpacked: \(reason)"
    case .otherwisePacked(let program):
      " is packed with \(program); unpack it, or pack it with gzip or Zstandard"
    case .missingHeader(let field, let expected, let found):
      ": has it a header? Its first line is \(DataError.listed(found)), without a column for the "
        + "\(field) (\(DataError.alternatives(expected)))"
    case .missingPartner(let column, let partner, let found):
      " has the column \(DataError.quoted(column)), but not its partner "
        + "\(DataError.quoted(partner)); its columns are \(DataError.listed(found))"
    case .otherColumnCount(let line, let found, let named, let width):
      named.count == width
        ? ", line \(line) has \(DataError.count(found, "column")); the names are "
          + DataError.listed(named)
        : ", line \(line) has \(DataError.count(found, "column")), not \(width)"
    case .unevenRow(let line, let found, let first):
      ", line \(line) has \(DataError.count(found, "column")); the first row has \(first)"
    case .namesInHeader(let names):
      " has a header that says \(DataError.listed(names)); it need not be said again"
    case .unfit(let format, let what): " is read as \(format.name), where there is no \(what)"
    case .onlyLines:
      " has no labels: neither a tab nor a comma nor a semicolon nor a bar parts its lines alike"
    case .malformedLabels(let line, let reason): ", line \(line): \(reason)"
    case .unnamedValues(let line): ", line \(line) is a list, whose values have no names"
    case .noRecords(let reason): " \(reason)"
    case .unsplittable(let reason): " cannot be split: \(reason)"
    }
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "0x\(digits.count == 1 ? "0" : "")\(digits)"
  }
}
