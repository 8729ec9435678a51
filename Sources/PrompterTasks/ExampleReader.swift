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
    try DataFormat.refuseUTF16(bytes, file: file)
    let examples =
      switch format {
      case .json, .jsonLines:
        try jsonExamples(in: JSONObjects(bytes, file: file, format: format))
      case .tabSeparated: try tableExamples(from: TabSeparatedRows(bytes))
      case .commaSeparated: try tableExamples(from: CommaSeparatedRows(bytes, file: file))
      case .trec: try trecExamples(in: bytes)
      }
    guard !examples.isEmpty || limit == 0 else { throw DataError.noExamples(file: file) }
    return examples
  }

  /// A label, or nil if it is blank and need not be there.
  func checkedLabel(_ label: String?, line: Int) throws -> String? {
    if let label, !label.isEmpty { return label }
    guard !requireLabels else { throw DataError.missingLabel(file: file, line: line) }
    return nil
  }
}
