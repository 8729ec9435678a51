// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterAutodiff
import PrompterTasks

/// The right one of some choices, which differ from question to question: a kind of task that only
/// tests know, whose examples have a row for each choice.
///
/// The head gives one value for each row, and the loss is the cross-entropy over an example's rows.
struct Choosing: HeadKind {
  /// How many choices there are, and which one is right.
  struct Target: Sendable, Equatable {
    let count: Int
    let right: Int
  }

  static let name = TaskDescription.Kind(rawValue: "choosing")
  static let presetNames = [name.rawValue]

  let task: TaskDescription

  init(_ task: TaskDescription) { self.task = task }

  static func preset(_ name: String, isNamed: Bool) -> TaskDescription? {
    name == Self.name.rawValue ? TaskDescription(kind: Self.name) : nil
  }

  var outputCount: Int { 1 }

  // MARK: Data

  var hasLabels: Bool { false }

  func examples(of file: ExampleFile, for purpose: ExamplePurpose) throws -> ChoiceSet {
    ChoiceSet(
      try Dataset(
        contentsOf: file.url, task: task, form: file.form, requireLabels: file.requiresAnswers,
        limit: file.limit))
  }

  func completed(by training: ChoiceSet) throws -> TaskDescription { task }

  func check(_ examples: ChoiceSet) throws {
    for index in examples.examples.indices { _ = try target(of: index, in: examples, read: []) }
  }

  func labelCount(in training: ChoiceSet) -> Int? { nil }

  // MARK: Questions

  func question(of query: Query) throws(TextProblem) -> Question {
    guard let choices = query.columns["choices"] else { throw .noColumn("choices") }
    return Question(query.text, choices: ChoiceSet.split(choices))
  }

  func question(of example: Int, in examples: ChoiceSet) -> Question {
    Question(examples.examples[example].text, choices: examples.examples[example].choices)
  }

  func rows(of question: Question, by reader: TextReader) throws(TextProblem) -> [EncodedInput] {
    guard !question.choices.isEmpty else { throw .noColumn("choices") }
    return try question.choices.map { choice throws(TextProblem) in
      try reader.input(question.text, choice)
    }
  }

  // MARK: Learning

  func target(
    of example: Int, in examples: ChoiceSet, read rows: [EncodedInput]
  ) throws -> Target {
    let own = examples.examples[example]
    guard let answer = own.answer else {
      throw DataError.missingLabel(file: examples.file, line: own.line)
    }
    guard let right = own.choices.firstIndex(of: answer) else {
      throw DataError.unknownLabel(
        file: examples.file, line: own.line, label: answer, known: own.choices)
    }
    return Target(count: own.choices.count, right: right)
  }

  static func numbers(of target: Target) -> [Int32] { [Int32(target.count), Int32(target.right)] }

  func loss(
    of outputs: Variable, for targets: [Target], scale: Float, zLoss: Double
  ) -> Variable {
    groupedCrossEntropy(
      outputs, counts: targets.map(\.count), labels: targets.map { Int32($0.right) },
      scale: scale)
  }

  func answer(
    from outputs: [[Float]], to question: Question, temperature: Temperature
  ) -> any Answer {
    LabelAnswer(logits: outputs.map { $0[0] }, of: question.choices, temperature: temperature)
  }

  // MARK: Scores

  var metricNames: [String] { task.metricNames }

  func evaluation(
    of answers: [Evaluation.Answer], to examples: ChoiceSet, name: String
  ) throws -> Evaluation {
    let right = zip(answers, examples.examples).count { $0.text == $1.answer }
    return Evaluation(
      task: name, examples: examples.count,
      metrics: ["accuracy": Double(right) / Double(max(1, examples.count))],
      baseline: try baseline(of: examples, on: examples), answers: answers)
  }

  /// Always the place that is right most often.
  func baseline(of training: ChoiceSet, on examples: ChoiceSet) throws -> [String: Double] {
    func places(_ examples: ChoiceSet) throws -> [Int] {
      try examples.examples.indices.map { try target(of: $0, in: examples, read: []).right }
    }
    let counts = Dictionary(grouping: try places(training)) { $0 }.mapValues(\.count)
    let most = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    let right = try places(examples).count { $0 == most }
    return ["accuracy": Double(right) / Double(max(1, examples.count))]
  }
}

/// Questions with choices of their own.
struct ChoiceSet: ExampleSet {
  struct Example: Sendable {
    let text: String
    let choices: [String]
    let answer: String?
    let line: Int
  }

  var examples: [Example]
  let url: URL
  let omissions: Omissions
  // Of the second text's column it reads choices, not one text.
  var columns: Fields? { nil }

  /// Pairs whose second text is the choices, a bar between two of them.
  init(_ pairs: Dataset) {
    examples = pairs.examples.map {
      Example(
        text: $0.text, choices: Self.split($0.pair ?? ""), answer: $0.label, line: $0.line)
    }
    (url, omissions) = (pairs.url, pairs.omissions)
  }

  static func split(_ choices: String) -> [String] {
    choices.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }

  func text(at index: Int) -> SourceText {
    SourceText(text: examples[index].text, line: examples[index].line)
  }

  func label(at index: Int) -> String? { examples[index].answer }
}
