// SPDX-License-Identifier: Apache-2.0

/// What to read from a file; the readers of the formats are extensions of this.
struct ExampleReader {
  /// The path as messages name it.
  let file: String

  var fields: Fields
  let requireLabels: Bool
  let limit: Int

  /// Whether each example needs a second text, so that a column for it is looked for.
  var requirePair = false

  /// Whether rows that do not fit the header are passed over, as the usual readers of published
  /// files do; a user's own table should be mended.
  var passesOverBadRows = false

  /// What is known of a preset's files.
  var published = PublishedFile(preset: nil)

  /// How the file is written, as far as a user said.
  var form = FileForm()

  /// Reads the examples from the bytes of a file.
  ///
  /// - Parameters:
  ///   - bytes: The bytes, unpacked.
  ///   - format: The format that the file's name says; nil looks inside.
  ///   - omissions: What was not read.
  /// - Returns: The examples, in the order of the file.
  /// - Throws: ``DataError``.
  func examples(
    in bytes: [UInt8], format: DataFormat?, noting omissions: inout Omissions
  ) throws -> [Example] {
    let text = try DataText(bytes, format: format, form: form, file: file)
    try text.checkLabels(areRequired: requireLabels)
    let examples =
      switch try text.rows() {
      case .objects(let objects): try jsonExamples(in: objects, &omissions)
      case .table(let rows):
        try reading(text).tableExamples(from: rows, &omissions)
      }
    guard !examples.isEmpty || limit == 0 else { throw DataError.noExamples(file: file) }
    return examples
  }

  /// The reader of a text whose columns are not named by the file: there the usual names are meant,
  /// whatever those of a preset are.
  private func reading(_ text: DataText) -> ExampleReader {
    guard text.hasGivenNames else { return self }
    var reader = self
    let names = text.form.columns?.all ?? ["text", "label"]
    func given(_ role: String, _ name: String?) -> String? {
      guard let name, Fields.position(of: name, in: names) == nil else { return name }
      return names.contains(role) ? role : name
    }
    reader.fields.text = given("text", fields.text)
    reader.fields.pair = given("pair", fields.pair)
    reader.fields.label = given("label", fields.label)
    return reader
  }

  /// The places of the fields among a table's columns, or what is wrong with its first row.
  func roles(
    in columns: [String], of rows: some TableRows, _ omissions: inout Omissions
  ) throws -> ColumnRoles {
    do {
      return try roles(in: columns, &omissions)
    } catch let error as DataError {
      throw error.ofTable(rows, isKnown: fields.expects)
    }
  }

  /// The places of the fields among a file's columns; those that no field takes are noted.
  func roles(in columns: [String], _ omissions: inout Omissions) throws -> ColumnRoles {
    let roles = try fields.roles(
      in: columns, file: file, requireLabels: requireLabels, requirePair: requirePair,
      labelNames: published.labelNames)
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
