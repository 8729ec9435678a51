// SPDX-License-Identifier: Apache-2.0

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
  /// How often each label was taken for each other; nil where answers are not labels of a head.
  public var confusion: ConfusionMatrix?
  /// The scores of each type of what words make together; nil where they make nothing.
  public var spans: [SpanScores]?
  /// The labels in index order; none where any text may be an answer.
  public var labels: [String]
  /// The share of answers that are none of the labels; nil where any text may be an answer, or
  /// where an answer is always one of them.
  public var illegalShare: Double?
  /// How good the probabilities are; nil where answers have none of all labels.
  public var probabilityScores: ProbabilityScores?
  /// The examples whose texts were longer than the prompt reads.
  public var longTexts = LongTextCounts()
  /// The answer to each example, and how probable it was said to be.
  public var answers: [Answer]

  /// Scores from their parts.
  public init(
    task: String, examples: Int, metrics: [String: Double], baseline: [String: Double],
    confusion: ConfusionMatrix? = nil, labels: [String] = [], illegalShare: Double? = nil,
    probabilityScores: ProbabilityScores? = nil, spans: [SpanScores]? = nil, answers: [Answer]
  ) {
    self.task = task
    self.examples = examples
    self.metrics = metrics
    self.baseline = baseline
    self.confusion = confusion
    self.labels = labels
    self.illegalShare = illegalShare
    self.probabilityScores = probabilityScores
    self.spans = spans
    self.answers = answers
  }

  /// The scores of one type of what words make together, such as names of places.
  public struct SpanScores: Sendable, Equatable {
    /// The type.
    public var type: String
    /// Precision, recall and F1, and how many there are.
    public var scores: ConfusionMatrix.ClassScores
  }

  /// An answer to an example.
  public struct Answer: Sendable, Equatable {
    /// The answer in one string.
    public var text: String
    /// Its probability; 0 where that has no meaning.
    public var probability: Double
    /// The probabilities of all labels, in index order; none where it was not chosen among any.
    public var probabilities: [Double]

    /// An answer and its probability.
    public init(text: String, probability: Double, probabilities: [Double] = []) {
      self.text = text
      self.probability = probability
      self.probabilities = probabilities
    }

    /// The same of a kind's own answer.
    public init(_ answer: any PrompterTasks.Answer) {
      self.init(
        text: answer.text, probability: answer.probability ?? 0,
        probabilities: (answer as? any LabelledAnswer)?.probabilities ?? [])
    }
  }

  /// Examples per second.
  public var examplesPerSecond: Double { Double(examples) / max(seconds, 1e-9) }
}
