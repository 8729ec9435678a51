// SPDX-License-Identifier: Apache-2.0

import Prompter

extension DataError {
  /// The option that helps where a data file is not what it was taken for, as the end of a
  /// sentence; nil if none does.
  var hint: String? {
    switch self {
    case .misread(_, let fault): fault.hint
    case .missingColumn(_, let field, _, _):
      field.contains(" and ")
        ? "--field text=COLUMN and --field pair=COLUMN name others"
        : "--field \(field)=COLUMN names another"
    case .unsupportedFormat: "--format says how it is written"
    case .wrongColumnCount: "--delimiter says what separates columns"
    case .malformedQuotes:
      "--delimiter says what separates columns, and --format tsv takes quotes as they stand"
    case .malformedQuestion: "--format says how else it is written"
    case .invalidJSON(_, 1, _): "--format says how it is written, if not as JSON"
    case .unknownLabel(_?, _, _, _): "--map-label says what a label of the file is called"
    default: nil
    }
  }
}

extension DataError {
  /// Whether a first row may be no header.
  var lacksHeader: Bool {
    if case .misread(_, .missingHeader) = self { true } else { false }
  }
}

extension FileFault {
  fileprivate var hint: String? {
    switch self {
    case .notUTF8: "--encoding latin1, windows-1252 or utf-16 says how it is written"
    case .notEncoded: "--encoding names another"
    case .unmarkedUTF16: "--encoding utf-16 reads it"
    case .missingHeader(_, _, let found) where found.first?.utf8.first == UInt8(ascii: "{"):
      "--format jsonl reads one object a line"
    case .missingHeader(let field, _, _):
      "--field \(field.contains(" and ") ? "text" : field)=COLUMN names a column, and --columns "
        + "text,label those of a file without a header"
    case .missingPartner(let column, _, _):
      "--field text=\(column) takes it alone, and --field pair=COLUMN names another partner"
    case .otherColumnCount:
      "--delimiter says what separates columns, and --columns names as many as there are"
    case .unevenRow: "--delimiter says what separates columns"
    case .namesInHeader: "leave out --columns"
    case .unfit: "--format says how it is written"
    case .onlyLines: "--delimiter says what else does, --format how it is written"
    case .unnamedValues: "--columns text,label names them"
    case .noRecords: "--records says where the rows are, as in --records data.train"
    case .noText, .parquet, .badlyPacked, .otherwisePacked, .malformedLabels, .unsplittable: nil
    }
  }
}
