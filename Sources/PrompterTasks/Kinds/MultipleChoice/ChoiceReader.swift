// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterJSON

/// Reads questions with choices from a file.
struct ChoiceReader {
  let source: ExampleFile
  let preset: ChoicePreset
  let fields: Fields

  /// The path as messages name it.
  private var file: String { source.url.relativePath }

  /// Reads the examples.
  ///
  /// - Throws: ``DataError`` with the first line that cannot be read.
  func examples(noting omissions: inout Omissions) throws -> [ChoiceExample] {
    let text = try source.text()
    try text.checkLabels(areRequired: source.requiresAnswers)
    let limit = source.mostExamples
    let examples =
      try preset == .record
      ? entityExamples(in: text, limit)
      : rows(in: text, limit, &omissions).map(example)
    guard !examples.isEmpty || limit == 0 else { throw DataError.noExamples(file: file) }
    if source.requiresAnswers, let bare = examples.first(where: \.answers.isEmpty) {
      throw DataError.missingLabel(file: file, line: bare.line)
    }
    return Array(examples.prefix(limit))
  }

  private func fault(_ reason: String, line: Int) -> DataError {
    .malformedExample(file: file, line: line, reason: reason)
  }
}

// MARK: - Rows

extension ChoiceReader {
  private var choiceColumns: ChoiceColumns { ChoiceColumns(named: fields.choices) }

  private func rows(
    in text: DataText, _ limit: Int, _ omissions: inout Omissions
  ) throws -> [TextRow] {
    let reader = TextRowReader(
      file: file,
      columns: preset.columns.map { column in
        let named = column.name == preset.columns.first?.name ? fields.text : nil
        return (column.name, named.map { [$0] } ?? column.spellings)
      },
      extras: contexts, alsoReads: choiceColumns.expects,
      targetNames: fields.label.map { [$0] } ?? ["label", "answer", "answerKey", "gold", "target"],
      targetRole: "label", headerless: nil, requireTargets: source.requiresAnswers, limit: limit,
      passesOverBadRows: preset != .free)
    return try reader.rows(in: text, &omissions)
  }

  private var contexts: [String] {
    preset == .free ? fields.pair.map { [$0] } ?? ChoicePreset.contexts : []
  }

  private func example(of row: TextRow) throws -> ChoiceExample {
    do {
      guard let choices = try choiceColumns.choices(in: row.values), choices.texts.count > 1 else {
        throw ChoiceColumns.Fault(
          reason: "it has fewer than two choices; they are a list in a column `choices`, or stand "
            + "in columns `choice1`, `choice2` and so on")
      }
      let right = try row.targets.compactMap { label throws(ChoiceColumns.Fault) in
        try place(of: source.labelMap[label], in: choices)
      }
      let (text, pair) = try texts(of: row)
      return ChoiceExample(
        text: text, pair: pair, choices: choices.texts, right: right, line: row.line)
    } catch let error as ChoiceColumns.Fault {
      throw fault(error.reason, line: row.line)
    }
  }

  // As in files of tests, nothing, -1 and `-` say that the answer is not told.
  private func place(
    of label: String, in choices: Choices
  ) throws(ChoiceColumns.Fault) -> Int? {
    ["", "-1", "-"].contains { $0.reads(as: label) } ? nil : try choices.place(of: label)
  }

  private func texts(of row: TextRow) throws -> (String, String?) {
    func value(_ name: String) -> String { row.values[name] ?? "" }
    if preset == .copa {
      guard let text = ChoicePreset.cause(value("premise"), asking: value("question")) else {
        throw fault(
          "its question is \(DataError.quoted(value("question"))), not \"cause\" or \"effect\"",
          line: row.line)
      }
      return (text, nil)
    }
    guard let context = contexts.lazy.compactMap({ row.values[$0] }).first(where: { !$0.isEmpty })
    else { return (value("text"), nil) }
    return (context, value("text"))
  }
}

// MARK: - Entities

extension ChoiceReader {
  private func entityExamples(in text: DataText, _ limit: Int) throws -> [ChoiceExample] {
    let objects = JSONObjects(text.bytes, file: file, format: text.format)
    try EntityQuery.check(objects)
    var examples: [ChoiceExample] = []
    for place in try objects.places() where examples.count < limit {
      let row = try objects.object(at: place)
      examples += try EntityQuery.all(in: row, file: file, line: place.line).map(example)
    }
    return examples
  }

  private func example(of query: EntityQuery) throws -> ChoiceExample {
    guard query.query.split(atFirst: EntityQuery.gap) != nil else {
      throw fault("its query has no \(EntityQuery.gap) for an entity to fill", line: query.line)
    }
    guard !query.entities.isEmpty else { throw fault("it has no entities", line: query.line) }
    let answers = Set(query.answers.map(UTF8Key.init))
    return ChoiceExample(
      text: query.passage, pair: query.query, choices: query.entities,
      right: query.entities.indices.filter { answers.contains(UTF8Key(query.entities[$0])) },
      answers: query.answers, line: query.line)
  }
}
