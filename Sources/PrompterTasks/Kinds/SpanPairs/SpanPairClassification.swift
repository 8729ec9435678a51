// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
internal import PrompterTensor
internal import PrompterTokenizer

/// One label for two spans of a text, or for one in each of two texts: whether a word means the
/// same in both, whether a pronoun refers to a name.
///
/// Of the row five states are read: that of [CLS], and those of the first and the last piece of
/// each span. With h the states,
///
/// z = W₀ h[CLS] + W₁ (h[first₁] + h[last₁]) / 2 + W₂ (h[first₂] + h[last₂]) / 2 + b,
///
/// which is a linear layer over [CLS] and the two spans side by side, as SuperGLUE's own baseline
/// has it for WiC (Wang and others 2019, section 5). Ends stand for a span as in Lee and others
/// 2017; of a span of one or two pieces they are all of it. The head has 3 values for each label,
/// those of W₀, W₁ and W₂, and each state takes its own. The loss is the cross-entropy of the
/// softmax of z with the right label.
public struct SpanPairClassification: HeadKind {
  /// `span-pair-classification`.
  public static let name = TaskDescription.Kind.spanPairClassification

  /// The task.
  public let task: TaskDescription

  // Of labels it knows all that there is to know.
  private let classes: TextClassification

  /// The kind, asked about a task.
  public init(_ task: TaskDescription) {
    self.task = task
    classes = TextClassification(task)
  }

  /// Three for each label.
  public var outputCount: Int { 3 * classes.outputCount }

  // MARK: Data

  /// The examples of a file.
  public func examples(of file: ExampleFile, for purpose: ExamplePurpose) throws -> SpanPairSet {
    var omissions = Omissions()
    let reader = SpanPairReader(source: file, preset: preset, fields: task.fields)
    let examples = try reader.examples(noting: &omissions)
    return SpanPairSet(examples: examples, url: file.url, omissions: omissions)
  }

  /// The task with the training data's labels, if it has none of its own.
  public func completed(by training: SpanPairSet) throws -> TaskDescription {
    try classes.completed(by: training.labelled)
  }

  /// Makes sure that every label is one of the task's.
  public func check(_ examples: SpanPairSet) throws { try classes.check(examples.labelled) }

  /// The number of the data's labels.
  public func labelCount(in training: SpanPairSet) -> Int? {
    classes.labelCount(in: training.labelled)
  }

  /// The data's labels.
  public func startLabels(in training: SpanPairSet) -> [String] {
    classes.startLabels(in: training.labelled)
  }

  // MARK: Questions

  /// An example's texts and spans.
  public func question(of example: Int, in examples: SpanPairSet) -> Question {
    let example = examples.examples[example]
    return Question(example.text, example.pair, spans: example.spans)
  }

  /// One row, of which [CLS] and the ends of the spans are read.
  public func rows(
    of question: Question, by reader: TextReader
  ) throws(TextProblem) -> [EncodedInput] {
    guard question.spans.count == 2 else {
      throw .unfitSpan("the text has \(question.spans.count) spans, not 2")
    }
    let encoding = try reader.encoding(question.text, question.pair)
    var reads = [0]
    for (number, span) in question.spans.enumerated() {
      let isInPair = number == 1 && question.pair != nil
      guard let (first, last) = encoding.places(of: span, inPair: isInPair) else {
        throw .unfitSpan(
          "of the tokens that are read, \(encoding.ids.count), none is in span \(number + 1)")
      }
      reads += [first, last]
    }
    return [reader.input(encoding, reading: reads)]
  }

  // MARK: Learning

  /// The index of its label.
  public func target(
    of example: Int, in examples: SpanPairSet, read rows: [EncodedInput]
  ) throws -> Int32 {
    let own = SpanPairSet(examples: [examples.examples[example]], url: examples.url)
    return try classes.target(of: 0, in: own.labelled, read: rows).value
  }

  /// The index.
  public static func numbers(of target: Int32) -> [Int32] { [target] }

  // What each of the states that are read adds to the labels' values.
  private var shares: [ColumnShare] {
    let count = classes.outputCount
    return [ColumnShare(column: 0, weight: 1)]
      + [count, count, 2 * count, 2 * count].map { ColumnShare(column: $0, weight: 0.5) }
  }

  /// z [examples, labels] of what the head gives for the five states of each example.
  package func logits(of outputs: Variable) -> Variable {
    blockSums(of: outputs, shares, width: classes.outputCount)
  }

  /// The cross-entropy.
  public func loss(
    of outputs: Variable, for targets: [Int32], scale: Float, zLoss: Double
  ) -> Variable {
    classes.loss(
      of: logits(of: outputs), for: targets.map { MeanTarget($0) }, scale: scale, zLoss: zLoss)
  }

  /// The likeliest label.
  public func answer(
    from outputs: [[Float]], of rows: [EncodedInput], to question: Question,
    by calibration: Calibration
  ) -> any Answer {
    classes.answer(from: [logits(of: outputs[0])], of: rows, to: question, by: calibration)
  }

  private func logits(of outputs: [Float]) -> [Float] {
    logits(of: Variable(Tensor(outputs, shape: [shares.count, outputCount]))).value.values
  }

  /// The temperature of the smallest log loss, if the examples tell it from 1 by more than chance.
  public func temperature(of outputs: [[[Float]]], for targets: [Int32]) -> Temperature? {
    classes.temperature(
      of: outputs.map { [logits(of: $0[0])] }, for: targets.map { MeanTarget($0) })
  }
}

// MARK: - Scores

extension SpanPairClassification {
  /// The task's.
  public var metricNames: [String] { task.metricNames }

  /// All metrics of labels.
  public var otherMetricNames: [String] { classes.otherMetricNames }

  /// The scores of labels, beside those of always answering the most frequent one.
  public func evaluation(
    of answers: [Evaluation.Answer], to examples: SpanPairSet, name: String
  ) throws -> Evaluation {
    try classes.evaluation(of: answers, to: examples.labelled, name: name)
  }

  /// The scores of always answering the most frequent training label.
  public func baseline(
    of training: SpanPairSet, on examples: SpanPairSet
  ) throws -> [String: Double] {
    try classes.baseline(of: training.labelled, on: examples.labelled)
  }
}
