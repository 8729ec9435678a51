// SPDX-License-Identifier: Apache-2.0

/// A score of predictions against references; higher is better.
///
/// The definitions are scikit-learn's, and a quotient by zero is 0.
public enum Metric: String, Codable, Sendable, CaseIterable {
  /// The share of examples that are predicted right.
  case accuracy

  /// F1 = 2 P R / (P + R) of the positive class, which is the last one unless stated; a task's is
  /// ``TaskDescription/positiveLabelIndex``.
  case f1

  /// The mean F1 of the classes that occur among the predictions or references.
  case macroF1 = "f1_macro"

  /// Matthews correlation, for any number of classes (Gorodkin's R_K).
  case matthews = "matthews_correlation"

  /// The score of predicted class indices.
  ///
  /// Both lists are of the same length and hold indices below `labelCount`. Without examples, the
  /// score is 0. ``f1`` takes `positiveClass`, or the last class, as the positive one.
  ///
  /// - Complexity: O(n + labelCount²).
  public func value(
    predictions: [Int], references: [Int], labelCount: Int, positiveClass: Int? = nil
  ) -> Double {
    let matrix = ConfusionMatrix(
      predictions: predictions, references: references, labelCount: labelCount)
    return value(of: matrix, positiveClass: positiveClass)
  }

  /// The score of counted predictions.
  public func value(of matrix: ConfusionMatrix, positiveClass: Int? = nil) -> Double {
    switch self {
    case .accuracy: matrix.accuracy
    case .f1: matrix.f1(ofClass: positiveClass ?? matrix.labelCount - 1)
    case .macroF1: matrix.macroF1
    case .matthews: matrix.matthewsCorrelation
    }
  }
}

extension ConfusionMatrix {
  /// The scores by several metrics; one that is named twice counts once.
  public func scores(_ metrics: [Metric], positiveClass: Int? = nil) -> [Metric: Double] {
    Dictionary(metrics.map { ($0, $0.value(of: self, positiveClass: positiveClass)) }) {
      first, _ in first
    }
  }
}

extension [Metric: Double] {
  /// The scores under the metrics' names.
  public var named: [String: Double] {
    Dictionary<String, Double>(uniqueKeysWithValues: map { ($0.key.rawValue, $0.value) })
  }
}

/// The name of a metric, as cards and the command line spell it.
public struct MetricName: RawRepresentable, Codable, Sendable, Hashable {
  /// The name.
  public let rawValue: String

  /// A metric of a name.
  public init(rawValue: String) {
    self.rawValue = rawValue
  }

  /// The name of a metric of labels.
  public init(_ metric: Metric) {
    rawValue = metric.rawValue
  }

  /// The share of examples that are predicted right.
  public static let accuracy = MetricName(Metric.accuracy)
  /// F1 of the positive class.
  public static let f1 = MetricName(Metric.f1)
  /// The mean F1 of the classes.
  public static let macroF1 = MetricName(Metric.macroF1)
  /// Matthews correlation.
  public static let matthews = MetricName(Metric.matthews)
}
