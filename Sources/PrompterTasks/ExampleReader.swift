// SPDX-License-Identifier: Apache-2.0

/// What to read from a file; the readers of the formats are extensions of this.
struct ExampleReader {
  /// The path as messages name it.
  let file: String

  let fields: Fields
  let requireLabels: Bool
  let limit: Int

  /// Reads the examples from the bytes of a file.
  func examples(in bytes: [UInt8], format: DataFormat) throws -> [Example] {
    try refuseUTF16(bytes)
    let examples =
      switch format {
      case .jsonLines: try jsonLineExamples(in: bytes)
      case .json: try jsonExamples(in: bytes)
      case .tabSeparated: try tableExamples(from: TabSeparatedRows(bytes))
      case .commaSeparated: try tableExamples(from: CommaSeparatedRows(bytes, file: file))
      case .trec: try trecExamples(in: bytes)
      }
    guard !examples.isEmpty || limit == 0 else { throw DataError.noExamples(file: file) }
    return examples
  }

  /// Spreadsheets save "Unicode text" as UTF-16, which would read as one column of garbage.
  private func refuseUTF16(_ bytes: [UInt8]) throws {
    let isUTF16 = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
    guard !isUTF16 else { throw DataError.unsupportedEncoding(file: file, found: "UTF-16") }
  }

  /// A label, or nil if it is blank and need not be there.
  func checkedLabel(_ label: String?, line: Int) throws -> String? {
    if let label, !label.isEmpty { return label }
    guard !requireLabels else { throw DataError.missingLabel(file: file, line: line) }
    return nil
  }
}
