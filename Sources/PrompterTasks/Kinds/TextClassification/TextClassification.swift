// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterCore
public import PrompterKernels
public import PrompterTensor
public import PrompterTokenizer

/// One label for a text, or for two.
///
/// A head gives a value for each label, and the loss is the cross-entropy of their softmax with the
/// right one. Of a text in windows that is the mean of their values. With a ``Verbalizer`` the
/// values are those of the labels' words, by the model's own head.
public struct TextClassification: HeadKind {
  /// `text-classification`.
  public static let name = TaskDescription.Kind.textClassification

  /// The task.
  public let task: TaskDescription

  // The labels with their indices; nil if one is given twice.
  private let known: LabelSpace?

  // What is asked where words stand for the labels; nil where none do.
  private let cloze: Cloze?

  // How much an example of each label counts; nil for all alike.
  private var weights: [Float]?

  /// The kind, asked about a task.
  public init(_ task: TaskDescription) {
    self.task = task
    known = try? LabelSpace(task.labels)
    cloze = task.verbalizer.flatMap { Cloze($0) }
  }

  private var labels: LabelSpace {
    get throws { try known ?? LabelSpace(task.labels) }
  }

  /// By multinomial logistic regression, unless words stand for the labels.
  public var fitsHeads: Bool { task.verbalizer == nil }

  /// A text's label may be asked for as a word.
  public var takesVerbalizer: Bool { true }

  /// What a masked word is told from, where words stand for the labels.
  public var pooling: Pooling? { task.verbalizer == nil ? nil : .maskedWord }

  /// One whose labels are numbered, of two or more.
  public static func task(outputs: Int) -> TaskDescription? {
    guard outputs > 1 else { return nil }
    return TaskDescription(kind: name, labels: (0..<outputs).map { "LABEL_\($0)" })
  }

  /// One for each label, or for each token of the labels' words.
  public var outputCount: Int { cloze?.outputTokens.count ?? task.labels.count }

  /// The task with the tokens of the labels' words.
  public func completed(
    for backbone: any Backbone, by tokenizer: any Tokenizer
  ) throws -> TaskDescription {
    var task = task
    task.verbalizer = try task.verbalizer?.completed(
      for: task.labels, of: backbone, by: tokenizer)
    return task
  }

  /// The masked-language-model head's rows of the labels' words.
  public func givenHead(of backbone: any Backbone) -> GivenHead? {
    cloze?.head(of: backbone)
  }

  // MARK: Data

  /// The labelled texts of a file.
  public func examples(of file: ExampleFile, for purpose: ExamplePurpose) throws -> Dataset {
    if task.preset == Self.multirc { return try judgedAnswers(of: file) }
    return try Dataset(
      contentsOf: file.url, task: task, form: file.form, labelMap: file.labelMap,
      requireLabels: file.requiresAnswers, limit: file.limit)
  }

  /// The task with the training data's labels, if it has none of its own.
  public func completed(by training: Dataset) throws -> TaskDescription {
    var task = task
    if task.labels.isEmpty { task.labels = training.labels }
    guard !training.examples.isEmpty, task.labels.count > 1 else {
      throw DataError.tooFewLabels(
        file: training.file, labels: training.examples.isEmpty ? [] : task.labels)
    }
    return task
  }

  /// Makes sure that every label is one of the task's.
  public func check(_ examples: Dataset) throws {
    _ = try examples.labelIndices(in: labels)
  }

  /// The number of the data's labels.
  public func labelCount(in training: Dataset) -> Int? { training.labels.count }

  /// The data's labels.
  public func startLabels(in training: Dataset) -> [String] { training.labels }

  // MARK: Questions

  /// An example's text, or both.
  public func question(of example: Int, in examples: Dataset) -> Question {
    Question(examples.examples[example].text, examples.examples[example].pair)
  }

  /// All of a long text, or parts of it; but that words are asked for once.
  public var readsLongTexts: Bool { task.verbalizer == nil }

  /// One row, or one for each window of a long text; or the texts in which words are asked for.
  public func rows(
    of question: Question, by reader: TextReader
  ) throws(TextProblem) -> [EncodedInput] {
    if let cloze { return try cloze.rows(of: question, by: reader) }
    return try reader.rows(question.text, question.pair)
  }

  // MARK: Learning

  /// Labels weigh what is said.
  public static let weighsLabels = true

  /// The same, labels weighing what is said.
  public func weighted(by weights: ClassWeights, in training: Dataset) throws -> TextClassification
  {
    let labels = try labels
    var kind = self
    kind.weights = try weights.values(of: labels, training: training.labelIndices(in: labels))
    return kind
  }

  /// Its label's weight.
  public func weight(of target: MeanTarget<Int32>) -> Double {
    weights.map { Double($0[Int(target.value)]) } ?? 1
  }

  /// The index of its label.
  public func target(
    of example: Int, in examples: Dataset, read rows: [EncodedInput]
  ) throws -> MeanTarget<Int32> {
    MeanTarget(try Int32(examples.labelIndex(of: example, in: labels)), rowCount: rows.count)
  }

  /// The index.
  public static func numbers(of target: MeanTarget<Int32>) -> [Int32] { [target.value] }

  /// The cross-entropy, weighted if labels have weights.
  public func loss(
    of outputs: Variable, for targets: [MeanTarget<Int32>], scale: Float, zLoss: Double
  ) -> Variable {
    crossEntropy(
      cloze?.scores(of: outputs) ?? MeanTarget.means(of: outputs, for: targets),
      labels: targets.map(\.value), weights: weights, scale: scale, zLoss: zLoss)
  }

  /// The likeliest label.
  public func answer(
    from outputs: [[Float]], of rows: [EncodedInput], to question: Question,
    by calibration: Calibration
  ) -> any Answer {
    LabelAnswer(
      logits: logits(of: outputs), of: task.labels, temperature: calibration.temperature)
  }

  /// The temperature of the smallest log loss, if the examples tell it from 1 by more than chance.
  public func temperature(
    of outputs: [[[Float]]], for targets: [MeanTarget<Int32>]
  ) -> Temperature? {
    .told(by: outputs.map(logits), references: targets.map { Int($0.value) })
  }

  private func logits(of outputs: [[Float]]) -> [Float] {
    cloze?.scores(of: outputs) ?? meanOutputs(outputs)
  }

  /// A head fitted by multinomial logistic regression.
  public func fittedHead(
    to states: Tensor, for targets: [MeanTarget<Int32>], seed: UInt64, team: ThreadTeam,
    goesOn: (_ share: Double) -> Bool
  ) -> FittedHead? {
    LinearProbe(
      labels: task.labels.count, weights: weights, score: selectingScore, seed: seed, team: team
    ).fit(
      LabelledStates(states: states, labels: targets.map(\.value)), goesOn: goesOn)
  }
}

// MARK: - Scores

extension TextClassification {
  /// The task's.
  public var metricNames: [String] { task.metricNames }

  /// All metrics of labels.
  public var otherMetricNames: [String] { Metric.allCases.map(\.rawValue) }

  private var metrics: [Metric] { task.metrics.compactMap { Metric(rawValue: $0.rawValue) } }

  // The score that selects the best prompt, of any predictions.
  private var selectingScore: @Sendable ([Int], [Int]) -> Double {
    let (metric, count) = (metrics.first ?? .accuracy, task.labels.count)
    let positive = task.positiveLabelIndex
    return { predictions, references in
      metric.value(
        predictions: predictions, references: references, labelCount: count,
        positiveClass: positive)
    }
  }

  /// The scores of labels, beside those of always answering the most frequent one.
  public func evaluation(
    of answers: [Evaluation.Answer], to examples: Dataset, name: String
  ) throws -> Evaluation {
    let labels = try labels
    let references = try examples.labelIndices(in: labels)
    let predictions = answers.map { labels.firstIndex(of: $0.text) ?? 0 }
    let confusion = ConfusionMatrix(
      predictions: predictions, references: references, labelCount: labels.count)
    let majority = MajorityBaseline(trainingLabels: references, labelCount: labels.count)
    return Evaluation(
      task: name, examples: references.count,
      metrics: scores(of: predictions, references, of: examples),
      baseline: scores(of: references.map { _ in majority.index }, references, of: examples),
      confusion: confusion, labels: task.labels,
      probabilityScores: Self.probabilityScores(of: answers, references), answers: answers)
  }

  // Of answers that all tell the probabilities of all labels.
  private static func probabilityScores(
    of answers: [Evaluation.Answer], _ references: [Int]
  ) -> ProbabilityScores? {
    guard answers.allSatisfy({ !$0.probabilities.isEmpty }) else { return nil }
    return ProbabilityScores(
      probabilities: answers.map(\.probabilities), references: references)
  }

  /// The scores of always answering the most frequent training label.
  public func baseline(
    of training: Dataset, on examples: Dataset
  ) throws -> [String: Double] {
    let labels = try labels
    let majority = try MajorityBaseline(training: training, labels: labels).index
    let references = try examples.labelIndices(in: labels)
    return scores(of: references.map { _ in majority }, references, of: examples)
  }

  private func scores(
    of predictions: [Int], _ references: [Int], of examples: Dataset
  ) -> [String: Double] {
    let confusion = ConfusionMatrix(
      predictions: predictions, references: references, labelCount: task.labels.count)
    return confusion.scores(metrics, positiveClass: task.positiveLabelIndex).named
      .merging(groupScores(predictions, references, of: examples)) { first, _ in first }
  }
}
