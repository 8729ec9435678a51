// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
internal import PrompterJSON

/// The right one of some choices, any number of them, which differ from question to question.
///
/// Each choice is a row with the question; one pooled state of each is read, the head gives it one
/// value, and p is the softmax over the choices of a question. The loss is −log Σ p over those that
/// are right: of one the cross-entropy, of several, as ReCoRD has them, that of finding any.
/// P-Tuning v2 (Liu and others 2022) asks of each of ReCoRD's entities by itself whether it is
/// right, and answers with the one that is so the most; what is learnt here is that comparison
/// itself, and no question counts for more because it has more entities.
public struct MultipleChoice: HeadKind {
  /// `multiple-choice`.
  public static let name = TaskDescription.Kind.multipleChoice

  /// The task.
  public let task: TaskDescription

  /// The kind, asked about a task.
  public init(_ task: TaskDescription) { self.task = task }

  /// One, for each choice.
  public var outputCount: Int { 1 }

  // MARK: Data

  /// Choices are no labels, of which each has several examples.
  public var hasLabels: Bool { false }

  /// The questions of a file.
  public func examples(of file: ExampleFile, for purpose: ExamplePurpose) throws -> ChoiceSet {
    var omissions = Omissions()
    let reader = ChoiceReader(source: file, preset: preset, fields: task.fields)
    let examples = try reader.examples(noting: &omissions)
    return ChoiceSet(examples: examples, url: file.url, omissions: omissions)
  }

  /// The task as it is: data tell nothing of it.
  ///
  /// - Throws: ``DataError`` if there is nothing to learn from.
  public func completed(by training: ChoiceSet) throws -> TaskDescription {
    guard !training.examples.isEmpty else { throw DataError.noExamples(file: training.file) }
    return task
  }

  /// Makes sure that every question has choices and an answer.
  public func check(_ examples: ChoiceSet) throws {
    for example in examples.examples {
      guard !example.choices.isEmpty, example.right.allSatisfy(example.choices.indices.contains)
      else {
        throw DataError.malformedExample(
          file: examples.file, line: example.line,
          reason: "of \(example.choices.count) choices there are none at the places "
            + "\(example.right), counted from 0")
      }
      guard !example.answers.isEmpty else {
        throw DataError.missingLabel(file: examples.file, line: example.line)
      }
    }
  }

  /// None.
  public func labelCount(in training: ChoiceSet) -> Int? { nil }

  // MARK: Questions

  /// A query's texts and its choices.
  ///
  /// - Throws: ``TextProblem`` for a column that is missing or does not hold what it should.
  public func question(of query: Query) throws(TextProblem) -> Question {
    let columns = query.columns
    switch preset {
    case .copa:
      guard let question = columns["question"] else { throw .noColumn("question") }
      let premise = columns["premise"] ?? query.text
      guard let text = ChoicePreset.cause(premise, asking: question) else {
        throw .unfitColumn("question", expected: "\"cause\" or \"effect\"")
      }
      return Question(text, choices: try choices(of: query))
    case .record:
      guard let sentence = columns["query"] ?? query.pair else { throw .noColumn("query") }
      guard sentence.split(atFirst: EntityQuery.gap) != nil else {
        throw .unfitColumn("query", expected: "a sentence with \(EntityQuery.gap) in it")
      }
      let choices = try choices(of: query)
      return Question(columns["passage"] ?? query.text, sentence, choices: choices)
    case .free:
      let (text, choices) = (columns["text"] ?? query.text, try choices(of: query))
      guard let context = columns[Self.context], !context.isEmpty else {
        return Question(text, query.pair, choices: choices)
      }
      return Question(context, text, choices: choices)
    }
  }

  private func choices(of query: Query) throws(TextProblem) -> [String] {
    let name = preset == .record ? Self.entities : Self.choices
    let columns = ChoiceColumns(named: preset == .record ? name : nil)
    let found: Choices?
    do { found = try columns.choices(in: query.columns) } catch {
      throw .unfitColumn(name, expected: "a list of texts: \(error.reason)")
    }
    guard let found else { throw .noColumn(name) }
    return found.texts
  }

  /// An example's texts and its choices.
  public func question(of example: Int, in examples: ChoiceSet) -> Question {
    let example = examples.examples[example]
    return Question(example.text, example.pair, choices: example.choices)
  }

  /// A row for each choice.
  public func rows(
    of question: Question, by reader: TextReader
  ) throws(TextProblem) -> [EncodedInput] {
    guard !question.choices.isEmpty else { throw .noColumn(Self.choices) }
    return try question.choices.map { choice throws(TextProblem) in
      try reader.input(question.text, preset.second(question.pair, choice))
    }
  }

  // MARK: Learning

  /// How many choices there are, and which are right.
  public struct Target: Sendable, Equatable {
    let count: Int
    let right: [Int]

    /// So many choices, and the places of those that are right.
    package init(count: Int, right: [Int]) {
      (self.count, self.right) = (count, right)
    }
  }

  /// An example's choices; ReCoRD may have an answer that is none of its entities, and nothing is
  /// learnt from it.
  ///
  /// - Throws: ``DataError`` for an example without an answer.
  public func target(
    of example: Int, in examples: ChoiceSet, read rows: [EncodedInput]
  ) throws -> Target {
    let own = examples.examples[example]
    guard !own.answers.isEmpty else {
      throw DataError.missingLabel(file: examples.file, line: own.line)
    }
    return Target(count: rows.count, right: own.right)
  }

  /// The number of choices, and the places of those that are right.
  public static func numbers(of target: Target) -> [Int32] {
    [Int32(target.count)] + target.right.map { Int32($0) }
  }

  /// −log Σ p over the right choices of each question.
  public func loss(
    of outputs: Variable, for targets: [Target], scale: Float, zLoss: Double
  ) -> Variable {
    groupedCrossEntropy(
      outputs, counts: targets.map(\.count), right: targets.map(\.right), scale: scale)
  }

  /// The likeliest choice.
  public func answer(
    from outputs: [[Float]], of rows: [EncodedInput], to question: Question,
    by calibration: Calibration
  ) -> any Answer {
    ChoiceAnswer(
      scores: outputs.map { $0[0] }, of: question.choices, temperature: calibration.temperature)
  }

  /// The temperature of the smallest log loss, if the questions tell it from 1 by more than chance;
  /// nil where some have several right choices.
  public func temperature(of outputs: [[[Float]]], for targets: [Target]) -> Temperature? {
    let right = targets.compactMap { $0.right.count == 1 ? $0.right.first : nil }
    guard right.count == targets.count else { return nil }
    return .told(by: outputs.map { $0.map { $0[0] } }, references: right)
  }
}

// MARK: - Scores

extension MultipleChoice {
  /// The task's.
  public var metricNames: [String] { task.metricNames }

  /// All metrics of choices.
  public var otherMetricNames: [String] { Self.metrics.map(\.rawValue) }

  private static let metrics: [TextMetric] = [.accuracy, .tokenF1, .exactMatch]

  /// The place that is right most often.
  public var baselineName: String { "most frequent place" }

  // Without examples it is 0.
  private func scores(of texts: [String], on examples: ChoiceSet) -> [String: Double] {
    func mean(_ score: (String, ChoiceExample) -> Double) -> Double {
      zip(texts, examples.examples).reduce(0) { $0 + score($1.0, $1.1) }
        / Double(max(1, examples.count))
    }
    let scores = task.metrics.compactMap { name -> (String, Double)? in
      switch TextMetric(rawValue: name.rawValue) {
      case .accuracy:
        (name.rawValue, mean { text, own in own.answers.contains { $0.reads(as: text) } ? 1 : 0 })
      case .exactMatch:
        (name.rawValue, mean { NormalizedAnswer.isAny(of: $1.answers, $0) ? 1 : 0 })
      case .tokenF1: (name.rawValue, mean { TokenF1.highest(of: $0, $1.answers) })
      default: nil
      }
    }
    return Dictionary(scores) { first, _ in first }
  }

  /// The scores of choices, beside those of always taking the one at the place that is right most
  /// often.
  ///
  /// ReCoRD's are those of its official script: of several answers the one that scores highest
  /// counts.
  public func evaluation(
    of answers: [Evaluation.Answer], to examples: ChoiceSet, name: String
  ) throws -> Evaluation {
    try check(examples)
    return Evaluation(
      task: name, examples: examples.count,
      metrics: scores(of: answers.map(\.text), on: examples),
      baseline: try baseline(of: examples, on: examples),
      probabilityScores: Self.probabilityScores(of: answers, examples), answers: answers)
  }

  // Of answers that all tell the probabilities of all choices, one of which is right.
  private static func probabilityScores(
    of answers: [Evaluation.Answer], _ examples: ChoiceSet
  ) -> ProbabilityScores? {
    let right = examples.examples.compactMap { $0.right.count == 1 ? $0.right.first : nil }
    guard right.count == examples.count,
      zip(answers, examples.examples).allSatisfy({ $0.probabilities.count == $1.choices.count })
    else { return nil }
    return ProbabilityScores(probabilities: answers.map(\.probabilities), references: right)
  }

  /// The scores of always taking the choice at the place that is right most often in the training
  /// data, or the last where there are fewer.
  public func baseline(
    of training: ChoiceSet, on examples: ChoiceSet
  ) throws -> [String: Double] {
    let counts: [Int: Int] = training.examples.reduce(into: [:]) { counts, example in
      for place in example.right { counts[place, default: 0] += 1 }
    }
    let most = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0
    return scores(
      of: examples.examples.map { $0.choices[min(most, $0.choices.count - 1)] }, on: examples)
  }
}
