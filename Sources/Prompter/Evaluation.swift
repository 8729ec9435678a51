// SPDX-License-Identifier: Apache-2.0

public import PrompterTasks

/// A prompt's scores on a labelled data set.
public struct Evaluation: Sendable {
  /// The prompt's name.
  public var task: String
  /// The number of examples.
  public var examples: Int
  /// The scores by the metrics' names.
  public var metrics: [String: Double]
  /// The scores of always answering the set's most frequent label.
  public var baseline: [String: Double]
  /// The seconds that it took.
  public var seconds: Double
  /// Examples per second.
  public var examplesPerSecond: Double
  /// How often each label was taken for each other.
  public var confusion: ConfusionMatrix
  /// The labels in index order.
  public var labels: [String]
  /// The index of the label predicted for each example.
  public var predictions: [Int]
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
  /// - Throws: ``PredictionError`` if there is no such prompt; ``DataError`` for a label that the
  ///   prompt does not know.
  public func evaluate(_ name: String, on dataset: Dataset) throws -> Evaluation {
    let task = card(at: try index(of: name)).task
    let labels = try LabelSpace(task.labels)
    let references = try dataset.labelIndices(in: labels)
    let stopwatch = Stopwatch()
    let answers = try predict(dataset.examples.map { Query($0.text, $0.pair, task: name) })
    let seconds = stopwatch.seconds
    let predictions = try answers.map { try labels.index(of: $0.label) }
    let confusion = ConfusionMatrix(
      predictions: predictions, references: references, labelCount: labels.count)
    let majority = MajorityBaseline(trainingLabels: references, labelCount: labels.count)
      .scores(references: references, metrics: task.metrics)
    return Evaluation(
      task: name, examples: references.count,
      metrics: Dictionary(task.metrics.map { ($0.rawValue, $0.value(of: confusion)) }) {
        first, _ in first
      },
      baseline: Dictionary(uniqueKeysWithValues: majority.map { ($0.key.rawValue, $0.value) }),
      seconds: seconds, examplesPerSecond: Double(references.count) / max(seconds, 1e-9),
      confusion: confusion, labels: task.labels, predictions: predictions)
  }
}
