// SPDX-License-Identifier: Apache-2.0

internal import Foundation

extension TextClassification {
  /// MultiRC's name.
  static let multirc = "multirc"

  // F1 over all answers is the F1a of MultiRC's authors.
  static let multircMetrics: [MetricName] = [
    .f1, MetricName(rawValue: TextMetric.questionMatch.rawValue),
  ]

  /// The columns of MultiRC's queries.
  public var queryColumns: [QueryColumn] {
    guard task.preset == Self.multirc else { return [] }
    return [
      QueryColumn("paragraph", spellings: ["paragraph", "passage"]), QueryColumn("question"),
      QueryColumn("answer"),
    ]
  }

  /// A query's text, or both; of MultiRC's the paragraph and, as one text, question and answer.
  ///
  /// - Throws: ``TextProblem/noColumn(_:)``.
  public func question(of query: Query) throws(TextProblem) -> Question {
    guard task.preset == Self.multirc, !query.columns.isEmpty else {
      return Question(query.text, query.pair)
    }
    let paragraph = query.columns["paragraph"] ?? query.text
    guard let question = query.columns["question"] else { throw .noColumn("question") }
    guard let answer = query.columns["answer"] else { throw .noColumn("answer") }
    return Question(paragraph, Self.judged(question, answer))
  }

  private static func judged(_ question: String, _ answer: String) -> String {
    "\(question) \(answer)"
  }

  /// MultiRC's answers, each an example: the paragraph, and the question with the answer after it.
  ///
  /// SuperGLUE's own file has them within objects, copies in flat rows.
  func judgedAnswers(of file: ExampleFile) throws -> Dataset {
    let name = file.url.relativePath
    let text = try file.text()
    var omissions = Omissions()
    let limit = file.mostExamples
    let answers = try judgedAnswers(in: text, requiringLabels: file.requiresAnswers, &omissions)
    guard !answers.isEmpty || limit == 0 else { throw DataError.noExamples(file: name) }
    let examples = try answers.prefix(limit).map { answer in
      let label = answer.label.flatMap { $0.isEmpty ? nil : file.labelMap[$0] }
      guard label != nil || !file.requiresAnswers else {
        throw DataError.missingLabel(file: name, line: answer.line)
      }
      return Example(
        text: answer.paragraph, pair: Self.judged(answer.question, answer.answer), label: label,
        group: answer.group, line: answer.line)
    }
    return Dataset(examples: examples, url: file.url, omissions: omissions)
  }

  private func judgedAnswers(
    in text: DataText, requiringLabels: Bool, _ omissions: inout Omissions
  ) throws -> [JudgedAnswer] {
    let objects = JSONObjects(text.bytes, file: text.file, format: text.format)
    if try text.format.isJSON && JudgedAnswer.areNested(in: objects) {
      return try objects.places().flatMap { place in
        try JudgedAnswer.all(in: objects.object(at: place), line: place.line)
      }
    }
    let named = task.fields
    let columns = JudgedAnswer.columns.map { ($0, [$0]) }
    let reader = TextRowReader(
      file: text.file, columns: columns, extras: [JudgedAnswer.numbers],
      targetNames: named.label.map { [$0] } ?? ["label"], targetRole: "label", headerless: nil,
      requireTargets: requiringLabels, limit: .max, passesOverBadRows: true)
    return JudgedAnswer.all(in: try reader.rows(in: text, &omissions))
  }

  /// The share of questions all of whose answers are judged right, if the task asks for it.
  func groupScores(
    _ predictions: [Int], _ references: [Int], of examples: Dataset
  ) -> [String: Double] {
    let name = TextMetric.questionMatch.rawValue
    guard task.metricNames.contains(name) else { return [:] }
    return [
      name: GroupMatch.share(of: examples.examples.map(\.group)) {
        predictions[$0] == references[$0]
      }
    ]
  }
}
