// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterKernels
public import PrompterTasks

/// A prompt's scores on a labelled data set.
public struct Evaluation: Sendable {
  /// The prompt's name.
  public var task: String
  /// The number of examples.
  public var examples: Int
  /// The scores by the metrics' names.
  public var metrics: [String: Double]
  /// The scores of always giving the set's most frequent answer.
  public var baseline: [String: Double]
  /// The seconds that it took.
  public var seconds = 0.0
  /// How often each label was taken for each other; nil where answers are texts.
  public var confusion: ConfusionMatrix?
  /// The labels in index order; none where any text may be an answer.
  public var labels: [String]
  /// The share of answers that are none of the labels; nil where any text may be an answer, or where
  /// an answer is always one of them.
  public var illegalShare: Double?
  /// The answer to each example, and how probable it was said to be.
  public var answers: [Answer]

  /// An answer to an example.
  public struct Answer: Sendable, Equatable {
    /// The label, or the text that was written.
    public var text: String
    /// Its probability.
    public var probability: Double

    /// An answer and its probability.
    public init(text: String, probability: Double) {
      self.text = text
      self.probability = probability
    }
  }

  /// Examples per second.
  public var examplesPerSecond: Double { Double(examples) / max(seconds, 1e-9) }
}

extension Predictor {
  /// Scores one prompt.
  ///
  /// The baseline answers the most frequent label of the set itself: the most that answering without
  /// reading can reach.
  ///
  /// - Parameters:
  ///   - name: The prompt's name.
  ///   - dataset: Labelled examples.
  /// - Returns: The scores by the metrics of the prompt's task.
  /// - Throws: ``PredictionError`` if there is no such prompt, or one whose answers are texts;
  ///   ``DataError`` for a label that the prompt does not know.
  public func evaluate(_ name: String, on dataset: Dataset) throws -> Evaluation {
    let prompt = try index(of: name)
    return try evaluation(
      of: prompt, by: try LabelScorer(card(at: prompt).task, dataset, name: name))
  }

  /// Scores one prompt whose answers are texts, written or ranked as ``answering`` says.
  ///
  /// - Parameters:
  ///   - name: The prompt's name.
  ///   - dataset: Texts with their answers.
  /// - Returns: The scores by the metrics of the prompt's task.
  /// - Throws: ``PredictionError`` if there is no such prompt, or one with a head; ``DataError`` for an
  ///   answer that is none of the prompt's labels, if it has labels.
  public func evaluate(_ name: String, on dataset: TextToTextDataset) throws -> Evaluation {
    let prompt = try index(of: name)
    return try evaluation(
      of: prompt, by: try TextScorer(card(at: prompt).task, dataset, name: name))
  }

  private func evaluation(of prompt: Int, by scorer: some Scorer) throws -> Evaluation {
    let stopwatch = Stopwatch()
    let answers = try answers(of: [prompt], to: scorer)[0]
    let seconds = stopwatch.seconds
    var evaluation = scorer.evaluation(of: answers, name: names[prompt])
    evaluation.seconds = seconds
    return evaluation
  }

  /// What each of some prompts answers to a scorer's examples, all in the same batches.
  ///
  /// - Throws: ``DataError`` with the first example that cannot be answered; `CheckpointError` if
  ///   weights are not finite.
  func answers(of prompts: [Int], to scorer: some Scorer) throws -> [[Evaluation.Answer]] {
    let count = scorer.exampleCount
    let inputs = team.map(prompts.count * count) { place in
      let (text, pair, choices) = scorer.question(place % count)
      return Result { () throws(TextProblem) in
        try input(text, pair, number: place, prompt: prompts[place / count], choices: choices)
      }
    }
    let readable = try inputs.enumerated().map { place, input in
      do { return try input.get() } catch {
        throw scorer.unusable(place % count, because: "\(error)")
      }
    }
    let answers = try answers(to: readable, answering: answering).enumerated().map {
      place, answer in
      do { return Evaluation.Answer(try answer.get()) } catch is PredictionError {
        throw scorer.unusable(place % count, because: "the answer is not a finite number")
      }
    }
    return prompts.indices.map { Array(answers[$0 * count..<($0 + 1) * count]) }
  }
}

extension Evaluation.Answer {
  init(_ prediction: Prediction) {
    self.init(
      text: prediction.text ?? prediction.label ?? "", probability: prediction.probability)
  }
}

/// Labelled examples, and what makes scores of the answers to them.
protocol Scorer: Sendable {
  var exampleCount: Int { get }

  /// What an example asks, and the answers to choose among if it has its own.
  func question(_ example: Int) -> (text: String, pair: String?, choices: [String])

  func evaluation(of answers: [Evaluation.Answer], name: String) -> Evaluation

  /// The file, and where an example is in it.
  func place(of example: Int) -> (file: String, place: String)
}

extension Scorer {
  fileprivate func unusable(_ example: Int, because reason: String) -> DataError {
    let (file, place) = place(of: example)
    return .unusableExample(file: file, place: place, reason: reason)
  }
}

/// Scores labels that a head chose.
struct LabelScorer: Scorer {
  private let task: TaskDescription
  private let dataset: Dataset
  private let labels: LabelSpace
  private let references: [Int]

  init(_ task: TaskDescription, _ dataset: Dataset, name: String) throws {
    guard task.kind.hasHead else {
      throw PredictionError.otherKind(task: name, isWritten: true)
    }
    self.task = task
    self.dataset = dataset
    labels = try LabelSpace(task.labels)
    references = try dataset.labelIndices(in: labels)
  }

  var exampleCount: Int { dataset.examples.count }

  func question(_ example: Int) -> (text: String, pair: String?, choices: [String]) {
    (dataset.examples[example].text, dataset.examples[example].pair, [])
  }

  func place(of example: Int) -> (file: String, place: String) {
    (dataset.url.relativePath, "line \(dataset.examples[example].line)")
  }

  func evaluation(of answers: [Evaluation.Answer], name: String) -> Evaluation {
    let confusion = ConfusionMatrix(
      predictions: answers.map { labels.firstIndex(of: $0.text) ?? 0 }, references: references,
      labelCount: labels.count)
    let positive = task.positiveLabelIndex
    let majority = MajorityBaseline(trainingLabels: references, labelCount: labels.count)
      .scores(references: references, metrics: task.metrics, positiveClass: positive)
    return Evaluation(
      task: name, examples: references.count,
      metrics: confusion.scores(task.metrics, positiveClass: positive).named,
      baseline: majority.named,
      confusion: confusion, labels: task.labels, answers: answers)
  }
}

/// Scores texts.
struct TextScorer: Scorer {
  private let task: TaskDescription
  private let text: TextToTextDescription
  private let dataset: TextToTextDataset

  init(_ task: TaskDescription, _ dataset: TextToTextDataset, name: String) throws {
    guard let text = task.text else {
      throw PredictionError.otherKind(task: name, isWritten: false)
    }
    try dataset.check(labels: task.labels)
    self.task = task
    self.text = text
    self.dataset = dataset
  }

  var exampleCount: Int { dataset.examples.count }

  func question(_ example: Int) -> (text: String, pair: String?, choices: [String]) {
    (dataset.examples[example].input, nil, dataset.examples[example].choices)
  }

  func place(of example: Int) -> (file: String, place: String) {
    (dataset.url.relativePath, "example \(example + 1)")
  }

  func evaluation(of answers: [Evaluation.Answer], name: String) -> Evaluation {
    let scores = TextScores(
      outputs: answers.map(\.text), examples: dataset.examples, labels: task.labels)
    let majority = TextScores.majority(
      dataset.majorityAnswer, of: dataset, labels: task.labels)
    return Evaluation(
      task: name, examples: dataset.examples.count, metrics: scores.values(of: text.metrics),
      baseline: majority.values(of: text.metrics), confusion: nil, labels: task.labels,
      illegalShare: scores.illegalShare, answers: answers)
  }
}
