// SPDX-License-Identifier: Apache-2.0

/// What to read from a file; the readers of the formats are extensions of this.
struct ExampleReader {
  /// The path as messages name it.
  let file: String

  let fields: Fields
  let requireLabels: Bool
  let limit: Int

  /// Whether each example needs a second text, so that a column for it is looked for.
  var requirePair = false

  /// Whether rows that do not fit the header are passed over, as the usual readers of published
  /// files do; a user's own table should be mended.
  var passesOverBadRows = false

  /// Reads the examples from the bytes of a file.
  func examples(
    in bytes: [UInt8], format: DataFormat, noting omissions: inout Omissions
  ) throws -> [Example] {
    try DataFormat.refuseUTF16(bytes, file: file)
    let examples =
      switch format {
      case .json, .jsonLines:
        try jsonExamples(in: JSONObjects(bytes, file: file, format: format), &omissions)
      case .tabSeparated: try tableExamples(from: TabSeparatedRows(bytes), &omissions)
      case .commaSeparated:
        try tableExamples(from: CommaSeparatedRows(bytes, file: file), &omissions)
      case .trec: try trecExamples(in: bytes)
      }
    guard !examples.isEmpty || limit == 0 else { throw DataError.noExamples(file: file) }
    return examples
  }

  /// The places of the fields among a file's columns; those that no field takes are noted.
  func roles(in columns: [String], _ omissions: inout Omissions) throws -> ColumnRoles {
    let roles = try fields.roles(
      in: columns, file: file, requireLabels: requireLabels, requirePair: requirePair)
    omissions.columns = roles.unread(of: columns)
    omissions.read = Fields(
      text: columns[roles.text], pair: roles.pair.map { columns[$0] },
      label: roles.label.map { columns[$0] })
    return roles
  }

  /// A label, or nil if it is blank and need not be there.
  func checkedLabel(_ label: String?, line: Int) throws -> String? {
    if let label, !label.isEmpty { return label }
    guard !requireLabels else { throw DataError.missingLabel(file: file, line: line) }
    return nil
  }
}
