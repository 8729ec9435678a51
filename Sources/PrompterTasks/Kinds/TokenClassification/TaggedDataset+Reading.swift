// SPDX-License-Identifier: Apache-2.0

internal import Foundation

extension TaggedDataset {
  /// Reads a file.
  ///
  /// JSON is read as objects with a list of words and one of tags; whatever is not called `.json`
  /// or `.jsonl`, nor begins like it, is read as columns.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - task: The task, whose fields and columns say what is read.
  /// - Throws: ``DataError``.
  /// - Complexity: O(bytes), all in memory.
  init(_ file: ExampleFile, task: TaskDescription) throws {
    try self.init(Dataset.bytes(of: file.url), of: file, task: task)
  }

  /// Reads the bytes of a file.
  init(_ bytes: [UInt8], of file: ExampleFile, task: TaskDescription) throws {
    let name = file.url.relativePath
    var form = file.form
    form.format = try Self.format(of: file, bytes)
    let text = try DataText(bytes, format: nil, form: form, file: name)
    let limit = file.mostExamples
    var omissions = Omissions()
    var sentences: [TaggedSentence]
    if text.format.isJSON {
      // One object with its lists is a sentence, not columns of many.
      let found: JSONObjects? =
        if case .objects(let objects) = try text.rows() { objects } else { nil }
      let objects = found ?? JSONObjects(text.bytes, file: name, format: text.format)
      sentences = try TaggedObjects(
        file: name, task: task, requiresTags: file.requiresAnswers, limit: limit
      ).sentences(in: objects, noting: &omissions)
    } else if task.tagging?.marksPredicate == true, RoleLines.begin(text.bytes) {
      sentences = try RoleLines(
        file: name, requiresTags: file.requiresAnswers, limit: limit
      ).sentences(in: text.bytes)
    } else {
      sentences = try TagColumns(
        file: name, task: Self.task(task, in: file.url, names: text.form.columns),
        names: text.form.columns, delimiter: text.form.delimiter,
        requiresTags: file.requiresAnswers, limit: limit
      ).sentences(in: text.bytes, noting: &omissions)
    }
    guard !sentences.isEmpty || limit == 0 else { throw DataError.noExamples(file: name) }
    for index in sentences.indices {
      sentences[index].tags = sentences[index].tags?.map { file.labelMap[$0] }
    }
    self.init(examples: sentences, url: file.url, omissions: omissions)
  }

  // Columns are called whatever they hold: .conll, .bio, .iob2, .tags.
  private static func format(of file: ExampleFile, _ bytes: [UInt8]) throws -> DataFormat {
    if let format = file.form.format {
      guard format.isJSON || format == .tabSeparated else {
        throw DataError.misread(
          file: file.url.relativePath, .unfit(format: format, has: "tag for each word"))
      }
      return format
    }
    switch file.url.dataExtension {
    case "json": return .json
    case "jsonl", "ndjson": return .jsonLines
    case "", "txt":
      return beginsLikeJSON(bytes) ? DataFormat(found: bytes, delimiter: nil) : .tabSeparated
    default: return .tabSeparated
    }
  }

  // A bracket may also be the first word.
  private static func beginsLikeJSON(_ bytes: [UInt8]) -> Bool {
    let start = bytes[Byte.start(of: bytes)...].drop(while: Byte.isBlank)
    guard start.first == Byte.openBrace || start.first == Byte.openBracket else { return false }
    let next = start.dropFirst().first { !Byte.isBlank($0) }
    return next == Byte.quote || next == Byte.openBrace || next == Byte.openBracket
  }

  // OntoNotes' files, as CoNLL-2012 published them, have their own columns.
  private static func task(
    _ task: TaskDescription, in url: URL, names: ColumnNames?
  ) -> TaskDescription {
    guard names == nil, url.dataExtension.hasSuffix("_conll"), var tagging = task.tagging else {
      return task
    }
    tagging.wordColumn = tagging.wordColumn ?? 4
    tagging.tagColumn = tagging.tagColumn ?? 11
    var task = task
    task.tagging = tagging
    return task
  }
}
