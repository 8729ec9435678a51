// SPDX-License-Identifier: Apache-2.0

/// The least that a prompt must beat: always answering the most frequent training label.
public struct MajorityBaseline: Sendable, Equatable {
  /// The index of the label that is always answered.
  public let index: Int

  /// The share of the training examples that have it.
  public let trainingShare: Double

  /// The number of labels.
  public let labelCount: Int

  /// The baseline of training labels, given as indices below `labelCount`.
  ///
  /// Of labels that are equally frequent, the one with the lowest index is taken.
  public init(trainingLabels: [Int], labelCount: Int) {
    var counts = Array(repeating: 0, count: labelCount)
    for label in trainingLabels { counts[label] += 1 }
    let most = counts.max() ?? 0
    index = counts.firstIndex(of: most) ?? 0
    trainingShare = trainingLabels.isEmpty ? 0 : Double(most) / Double(trainingLabels.count)
    self.labelCount = labelCount
  }

  /// The baseline of a training set.
  ///
  /// - Throws: ``DataError`` if an example has no label, or one that the space does not know.
  public init(training: Dataset, labels: LabelSpace) throws {
    try self.init(trainingLabels: training.labelIndices(in: labels), labelCount: labels.count)
  }

  /// The baseline's scores on references, given as indices below ``labelCount``.
  public func scores(
    references: [Int], metrics: [Metric], positiveClass: Int? = nil
  ) -> [Metric: Double] {
    let matrix = ConfusionMatrix(
      predictions: Array(repeating: index, count: references.count), references: references,
      labelCount: labelCount)
    return matrix.scores(metrics, positiveClass: positiveClass)
  }

  /// The baseline's scores on an evaluation set.
  ///
  /// - Throws: ``DataError`` if an example has no label, or one that the space does not know.
  public func scores(
    on evaluation: Dataset, labels: LabelSpace, metrics: [Metric], positiveClass: Int? = nil
  ) throws -> [Metric: Double] {
    try scores(
      references: evaluation.labelIndices(in: labels), metrics: metrics,
      positiveClass: positiveClass)
  }
}
