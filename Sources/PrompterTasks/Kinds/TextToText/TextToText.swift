// SPDX-License-Identifier: Apache-2.0

extension TaskDescription.Kind {
  /// A text for a text.
  public static let textToText = Self(rawValue: "text-to-text")
}

/// A text for a text, or a label that is written: no head, no verbalizer.
public struct TextToText: WriterKind {
  /// `text-to-text`.
  public static let name = TaskDescription.Kind.textToText

  /// The task.
  public let task: TaskDescription

  private let text: TextToTextDescription

  /// The kind, asked about a task.
  public init(_ task: TaskDescription) {
    self.task = task
    text = task.text ?? .free
  }

  /// Classification by labels that are written, and the data sets that T5 was trained on.
  public static let presetNames =
    [TaskDescription.Kind.textClassification.rawValue] + TaskDescription.textToTextNames

  /// The description of a task; see ``TaskDescription/textToText(_:isNamed:)``.
  public static func preset(_ name: String, isNamed: Bool) -> TaskDescription? {
    name == TaskDescription.Kind.textClassification.rawValue
      ? .labelsAsTexts : .textToText(name, isNamed: isNamed)
  }

  // MARK: Data

  /// The columns of the template, and `target`.
  public var fieldNames: [String] { text.template.columns + ["target"] }

  /// The task with a column of its template, or its target, in another column of files.
  ///
  /// What a text and a pair are elsewhere, the first and second column are here.
  public func reading(_ field: String, from column: String) -> TaskDescription? {
    let known = text.template.columns
    let name: String
    switch field {
    case "target", "label": name = "target"
    case let field where known.contains(field): name = field
    case "text" where !known.isEmpty: name = known[0]
    case "pair" where known.count > 1: name = known[1]
    default: return nil
    }
    var task = task
    task.text?.columns[name] = column
    return task
  }

  /// Other examples: each answer to learn is one, each question to score.
  public var scoresOtherExamples: Bool { true }

  /// The texts of a file.
  public func examples(
    of file: ExampleFile, for purpose: ExamplePurpose
  ) throws -> TextToTextDataset {
    try TextToTextDataset(
      contentsOf: file.url, task: task, for: purpose, requireTargets: file.requiresAnswers,
      form: file.form, labelMap: file.labelMap, limit: file.limit)
  }

  /// The task with the training data's answers as labels, if these are all that there are.
  public func completed(by training: TextToTextDataset) throws -> TaskDescription {
    guard !training.examples.isEmpty else { throw DataError.noExamples(file: training.file) }
    guard task.labels.isEmpty, text.readsLabels else { return task }
    var task = task
    task.labels = training.answers
    guard task.labels.count > 1 else {
      throw DataError.tooFewLabels(file: training.file, labels: task.labels)
    }
    return task
  }

  /// Makes sure that every answer is one of the task's labels, if it has labels.
  public func check(_ examples: TextToTextDataset) throws {
    try examples.check(labels: task.labels)
  }

  /// None: answers are written.
  public func labelCount(in training: TextToTextDataset) -> Int? { nil }

  /// The task's labels, or the data's answers if these are labels.
  public func startLabels(in training: TextToTextDataset) -> [String] {
    text.readsLabels ? training.answers : task.labels
  }

  /// Whether answers are labels.
  public var hasLabels: Bool { text.readsLabels || !task.labels.isEmpty }

  // MARK: Questions

  /// The template, filled with a query's columns.
  public func question(of query: Query) throws(TextProblem) -> Question {
    if let problem = text.problem(of: query) { throw problem }
    return Question(text.input(of: query))
  }

  /// An example's text, and its choices if it has some.
  public func question(of example: Int, in examples: TextToTextDataset) -> Question {
    Question(examples.examples[example].input, choices: examples.examples[example].choices)
  }

  // MARK: Answers

  /// The first of several right answers.
  public func target(of example: Int, in examples: TextToTextDataset) -> String? {
    examples.examples[example].targets.first
  }

  /// The text, and the label that it spells.
  public func answer(
    written text: String, probability: Double, to question: Question
  ) -> any Answer {
    let choices = question.choices.isEmpty ? task.labels : question.choices
    return WrittenAnswer(
      text: text, label: choices.firstIndex(writtenAs: text).map { choices[$0] },
      writtenProbability: probability)
  }

  /// The likeliest choice.
  public func answer(ranked logLikelihoods: [Float], to question: Question) -> any Answer {
    LabelAnswer(
      logits: logLikelihoods, of: question.choices.isEmpty ? task.labels : question.choices)
  }
}

// MARK: - Scores

extension TextToText {
  /// The task's.
  public var metricNames: [String] { text.metrics.map(\.rawValue) }

  /// Where answers are labels, every metric of labels.
  public var otherMetricNames: [String] {
    guard hasLabels else { return [] }
    return Metric.allCases.compactMap { TextMetric(rawValue: $0.rawValue)?.rawValue }
  }

  /// The scores of texts, beside those of the set's most frequent answer.
  public func evaluation(
    of answers: [Evaluation.Answer], to examples: TextToTextDataset, name: String
  ) throws -> Evaluation {
    try check(examples)
    let scores = TextScores(
      outputs: answers.map(\.text), examples: examples.examples, labels: task.labels)
    return Evaluation(
      task: name, examples: examples.count, metrics: scores.values(of: text.metrics),
      baseline: self.scores(ofAlways: examples.majorityAnswer, on: examples), confusion: nil,
      labels: task.labels, illegalShare: scores.illegalShare, answers: answers)
  }

  /// The scores of always giving the training data's most frequent answer.
  public func baseline(
    of training: TextToTextDataset, on examples: TextToTextDataset
  ) throws -> [String: Double] {
    scores(ofAlways: training.majorityAnswer, on: examples)
  }

  private func scores(
    ofAlways answer: String?, on examples: TextToTextDataset
  ) -> [String: Double] {
    TextScores(
      outputs: examples.examples.map { _ in answer ?? "" }, examples: examples.examples,
      labels: task.labels
    ).values(of: text.metrics)
  }
}

extension TextToTextDescription {
  /// What a query lacks, or has that no column takes.
  fileprivate func problem(of query: Query) -> TextProblem? {
    let names = template.columns
    guard names.count > 1 else { return query.pair?.isEmpty == false ? .isPair : nil }
    let texts = [query.text.isEmpty ? nil : query.text, query.pair]
    let missing = names.indices.first {
      query.columns[names[$0]] == nil && ($0 < texts.count ? texts[$0] == nil : true)
    }
    return missing.map { $0 == 1 && query.columns.isEmpty ? .noPair : .noColumn(names[$0]) }
  }

  /// What the model reads of a query.
  fileprivate func input(of query: Query) -> String {
    var values = query.columns
    for (column, value) in zip(template.columns, [query.text, query.pair ?? ""])
    where values[column] == nil && !value.isEmpty {
      values[column] = value
    }
    return template.text(spacesPunctuation ? values.mapValues { $0.spacingPunctuation() } : values)
  }
}
