// SPDX-License-Identifier: Apache-2.0

/// A score of numbers against those that are right; higher is better.
public enum RegressionMetric: String, Sendable, CaseIterable {
  /// Pearson's correlation, 0 where one of both does not vary.
  case pearson
  /// Spearman's correlation of ranks, equal numbers sharing the mean of theirs.
  case spearman
  /// R² = 1 − Σ (y − t)² / Σ (t − mean t)²: 1 for answers that are all right, 0 for the mean of
  /// all, below 0 for worse. 0 where what is right does not vary.
  case rSquared = "r_squared"

  /// The name, as cards and the command line spell it.
  public var name: MetricName { MetricName(rawValue: rawValue) }

  /// The score of some numbers.
  ///
  /// - Parameters:
  ///   - predictions: The answers.
  ///   - references: What is right, as many.
  /// - Returns: The score.
  /// - Complexity: O(n log n) for ranks, else O(n).
  public func value(predictions: [Double], references: [Double]) -> Double {
    switch self {
    case .pearson: Correlation.pearson(predictions, references)
    case .spearman: Correlation.spearman(predictions, references)
    case .rSquared: Self.rSquared(predictions, references)
    }
  }

  /// The score of always giving one number, which correlates with nothing.
  public func value(always number: Double, references: [Double]) -> Double {
    guard self == .rSquared else { return 0 }
    return Self.rSquared([Double](repeating: number, count: references.count), references)
  }

  private static func rSquared(_ predictions: [Double], _ references: [Double]) -> Double {
    let mean = mean(of: references)
    let variation = references.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    guard variation > 0 else { return 0 }
    let error = zip(predictions, references).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return 1 - error / variation
  }
}

/// The mean of some numbers, 0 of none.
func mean(of numbers: [Double]) -> Double {
  numbers.reduce(0, +) / Double(max(1, numbers.count))
}
