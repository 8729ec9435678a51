// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Probabilities of classes beside the classes that were right, ready to be scored.
///
/// Unlike those of ``Metric``, these scores are losses: lower is better, and without examples they
/// are 0.
public struct ProbabilityScores: Sendable {
  /// The probability of each class, in index order, for each example.
  public let probabilities: [[Double]]

  /// The index of the class that was right, for each example.
  public let references: [Int]

  /// Pairs probabilities with the classes that were right, two lists of the same length.
  public init(probabilities: [[Double]], references: [Int]) {
    precondition(
      probabilities.count == references.count,
      "\(probabilities.count) predictions for \(references.count) references.")
    self.probabilities = probabilities
    self.references = references
  }

  /// The mean of -log p(y), the natural logarithm of the probability of the class that was right.
  ///
  /// As scikit-learn does, probabilities are first cut to between 2⁻⁵² and 1 - 2⁻⁵², so that one
  /// answer that is surely wrong costs 36 and not all.
  public var logLoss: Double {
    let smallest = Double.ulpOfOne
    return mean { row, reference in -log(min(max(row[reference], smallest), 1 - smallest)) }
  }

  /// The mean over examples of Σₖ (p(k) - [k = y])², the squared distance of the probabilities from
  /// what was right.
  ///
  /// The sum is over all classes, as Brier 1950 has it, so the score is between 0 and 2; for two
  /// classes it is twice what is often given for the second alone. It is scikit-learn's with
  /// `scale_by_half=False`.
  public var brierScore: Double {
    mean { row, reference in
      row.indices.reduce(0) { sum, label in
        let gap = row[label] - (label == reference ? 1 : 0)
        return sum + gap * gap
      }
    }
  }

  /// How far the probabilities of the answers are from the share of them that is right:
  /// Σ_b |B_b| / n · |accuracy(B_b) - confidence(B_b)|.
  ///
  /// The answer is the most probable class, of equals the first, and its probability the
  /// confidence. Bin b of m has the examples with a confidence above (b - 1) / m and up to b / m.
  /// Guo and others, On Calibration of Modern Neural Networks, 2017, who take 15 bins.
  public func expectedCalibrationError(binCount: Int = 15) -> Double {
    var surplus = Array(repeating: 0.0, count: binCount)  // Σ right - Σ confidence
    for (row, reference) in zip(probabilities, references) {
      guard let confidence = row.max(), confidence.isFinite else { continue }
      let bin = Int((confidence * Double(binCount)).rounded(.up)) - 1
      let isRight = row.firstIndex(of: confidence) == reference
      surplus[min(max(bin, 0), binCount - 1)] += (isRight ? 1 : 0) - confidence
    }
    return surplus.reduce(0) { $0 + abs($1) } / Double(max(1, references.count))
  }

  private func mean(_ loss: (_ row: [Double], _ reference: Int) -> Double) -> Double {
    let sum = zip(probabilities, references).reduce(0) { $0 + loss($1.0, $1.1) }
    return sum / Double(max(1, references.count))
  }
}
