// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterKernels
public import PrompterTensor

/// One number for a text, or for two.
///
/// A head gives the number, and the loss is the squared error, as that of transformers' heads with
/// one label. Of a text in windows it is the mean of their numbers. The head begins with the mean
/// of the training data's numbers, and learns in units of their deviation.
public struct TextRegression: HeadKind {
  /// `text-regression`.
  public static let name = TaskDescription.Kind.textRegression

  /// By ridge regression.
  public let fitsHeads = true

  /// The task.
  public let task: TaskDescription

  /// The kind, asked about a task.
  public init(_ task: TaskDescription) {
    self.task = task
  }

  /// A number without a data set that it is known from.
  public static func task(outputs: Int) -> TaskDescription? {
    outputs == 1 ? preset(name.rawValue, isNamed: false) : nil
  }

  /// The number.
  public var outputCount: Int { 1 }

  // MARK: Data

  /// Numbers are no labels, of which each has several examples.
  public var hasLabels: Bool { false }

  /// The texts of a file with their numbers.
  public func examples(of file: ExampleFile, for purpose: ExamplePurpose) throws -> Dataset {
    let examples = try labelled(file)
    for index in examples.examples.indices where examples.examples[index].label != nil {
      _ = try examples.number(of: index)
    }
    return examples
  }

  private func labelled(_ file: ExampleFile) throws -> Dataset {
    func read(_ task: TaskDescription) throws -> Dataset {
      try Dataset(
        contentsOf: file.url, task: task, form: file.form, labelMap: file.labelMap,
        requireLabels: file.requiresAnswers, limit: file.limit)
    }
    guard let copied else { return try read(task) }
    do {
      let examples = try read(task)
      return examples.omissions.read?.label == nil ? try read(copied) : examples
    } catch let error as DataError {
      guard case .missingColumn(_, "label", _, _) = error else { throw error }
      // A file with neither column is told of the preset's own.
      guard let examples = try? read(copied) else { throw error }
      return examples
    }
  }

  /// The task as it is: data tell nothing of it.
  ///
  /// - Throws: ``DataError`` if numbers are all the same, so that there is nothing to learn.
  public func completed(by training: Dataset) throws -> TaskDescription {
    let numbers = try training.numbers()
    guard let least = numbers.min(), let most = numbers.max(), Float(least) < Float(most) else {
      throw DataError.tooFewLabels(
        file: training.file, labels: training.examples.first?.label.map { [$0] } ?? [])
    }
    return task
  }

  /// Makes sure that every label is a number.
  public func check(_ examples: Dataset) throws { _ = try examples.numbers() }

  /// None.
  public func labelCount(in training: Dataset) -> Int? { nil }

  // MARK: Questions

  /// An example's text, or both.
  public func question(of example: Int, in examples: Dataset) -> Question {
    Question(examples.examples[example].text, examples.examples[example].pair)
  }

  /// All of a long text, or parts of it.
  public var readsLongTexts: Bool { true }

  /// One row, or one for each window of a long text.
  public func rows(
    of question: Question, by reader: TextReader
  ) throws(TextProblem) -> [EncodedInput] {
    try reader.rows(question.text, question.pair)
  }

  // MARK: Learning

  /// Its number.
  public func target(
    of example: Int, in examples: Dataset, read rows: [EncodedInput]
  ) throws -> MeanTarget<Float> {
    MeanTarget(Float(try examples.number(of: example)), rowCount: rows.count)
  }

  /// Its bits.
  public static func numbers(of target: MeanTarget<Float>) -> [Int32] {
    [Int32(bitPattern: target.value.bitPattern)]
  }

  /// The mean and the deviation of the training data.
  public func outputScale(of targets: [MeanTarget<Float>]) -> OutputScale {
    let numbers = targets.map { Double($0.value) }
    let mean = mean(of: numbers)
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count)
    let deviation = variance.squareRoot()
    return OutputScale(
      center: Float(mean), deviation: deviation > 0 && deviation.isFinite ? deviation : 1)
  }

  /// The squared error.
  public func loss(
    of outputs: Variable, for targets: [MeanTarget<Float>], scale: Float, zLoss: Double
  ) -> Variable {
    squaredError(
      MeanTarget.means(of: outputs, for: targets), targets: targets.map(\.value), scale: scale)
  }

  /// The number.
  public func answer(
    from outputs: [[Float]], of rows: [EncodedInput], to question: Question,
    by calibration: Calibration
  ) -> any Answer {
    NumberAnswer(output: meanOutputs(outputs)[0])
  }

  /// A head fitted by ridge regression.
  public func fittedHead(
    to states: Tensor, for targets: [MeanTarget<Float>], seed: UInt64, team: ThreadTeam,
    goesOn: (_ share: Double) -> Bool
  ) -> FittedHead? {
    let metric = metrics.first ?? .pearson
    return RidgeProbe(
      score: { metric.value(predictions: $0, references: $1) }, seed: seed, team: team
    ).fit(states, targets: targets.map(\.value), goesOn: goesOn)
  }
}

// MARK: - Scores

extension TextRegression {
  /// The task's.
  public var metricNames: [String] { task.metricNames }

  /// All metrics of numbers.
  public var otherMetricNames: [String] { RegressionMetric.allCases.map(\.rawValue) }

  /// The number that has the least squared error of all.
  public var baselineName: String { "mean" }

  private var metrics: [RegressionMetric] {
    task.metrics.compactMap { RegressionMetric(rawValue: $0.rawValue) }
  }

  private func scores(_ score: (RegressionMetric) -> Double) -> [String: Double] {
    Dictionary(metrics.map { ($0.rawValue, score($0)) }) { first, _ in first }
  }

  /// The scores of numbers, beside those of always giving the mean of the right ones.
  public func evaluation(
    of answers: [Evaluation.Answer], to examples: Dataset, name: String
  ) throws -> Evaluation {
    let references = try examples.numbers()
    let predictions = answers.map { Double($0.text) ?? 0 }
    let mean = mean(of: references)
    return Evaluation(
      task: name, examples: references.count,
      metrics: scores { $0.value(predictions: predictions, references: references) },
      baseline: scores { $0.value(always: mean, references: references) }, answers: answers)
  }

  /// The scores of always giving the mean of the training data.
  public func baseline(
    of training: Dataset, on examples: Dataset
  ) throws -> [String: Double] {
    let (mean, references) = (mean(of: try training.numbers()), try examples.numbers())
    return scores { $0.value(always: mean, references: references) }
  }

  /// The mean of what the prompts give.
  public func vote(among answers: [Evaluation.Answer]) -> Evaluation.Answer {
    Evaluation.Answer(NumberAnswer(mean(of: answers.map { Double($0.text) ?? 0 })))
  }
}
