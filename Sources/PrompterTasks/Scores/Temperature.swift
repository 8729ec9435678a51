// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What logits are divided by before the softmax, so that answers are as sure as they are right.
///
/// p(k) = exp(zₖ / T) / Σⱼ exp(zⱼ / T). Above 1 it makes answers less sure, below 1 surer; which
/// class has the largest logit stays. Guo and others, On Calibration of Modern Neural Networks,
/// 2017.
public struct Temperature: Sendable, Equatable {
  /// T, above 0.
  public let value: Double

  /// Logits as they are.
  public static let one = Temperature(1)

  /// What a fitted temperature lies within: beyond, two classes are all but even, or one is all but
  /// sure, for logits of usual sizes.
  public static let fittedRange = 0.05...20.0

  /// A temperature of a positive finite number.
  public init(_ value: Double) {
    precondition(value > 0 && value.isFinite, "A temperature of \(value).")
    self.value = value
  }

  /// The probabilities of classes, from a logit for each.
  ///
  /// They are in the order of the logits; of logits that differ by less than about 10⁻¹⁶ T the
  /// probabilities may be equal, so the answer is to be taken from the logits.
  public func probabilities(of logits: [Float]) -> [Double] {
    let top = Double(logits.max() ?? 0)
    let weights = logits.map { exp((Double($0) - top) / value) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// The temperature that makes the mean log loss of examples smallest.
  ///
  /// It is 1 where there is nothing to learn it from: without examples, and where all are answered
  /// right or all wrong, which says in what direction it should go but not how far; ties count as
  /// right. It is 1 also if a logit is not finite. The same examples give the same number.
  ///
  /// - Parameters:
  ///   - logits: A logit for each class, for each example.
  ///   - references: The index of the class that is right, for each example.
  /// - Returns: A temperature within ``fittedRange`` whose log loss is at most that of 1.
  /// - Complexity: O(examples · classes), about ten times over.
  public static func fitted(to logits: [[Float]], references: [Int]) -> Temperature {
    precondition(
      logits.count == references.count,
      "\(logits.count) predictions for \(references.count) references.")
    let loss = ScaledLogLoss(logits, references)
    guard loss.isInformative else { return .one }
    let fitted = Temperature(1 / loss.minimizer(in: fittedRange))
    return loss.value(at: 1 / fitted.value) <= loss.value(at: 1) ? fitted : .one
  }
}

extension Temperature {
  /// The temperature of the smallest log loss, if the examples tell it from 1 by more than chance.
  ///
  /// Twice what all examples' log loss falls by is to exceed 3.84, the likelihood ratio's 95 %:
  /// what less than that says of validation examples says nothing of others.
  ///
  /// - Parameters:
  ///   - logits: A logit for each class, for each example, which may have as many as it likes.
  ///   - references: The index of the class that is right, for each example.
  /// - Returns: The temperature, or 1.
  public static func told(by logits: [[Float]], references: [Int]) -> Temperature {
    let fitted = Temperature.fitted(to: logits, references: references)
    func logLoss(_ temperature: Temperature) -> Double {
      ProbabilityScores(
        probabilities: logits.map(temperature.probabilities), references: references
      ).logLoss * Double(references.count)
    }
    return 2 * (logLoss(.one) - logLoss(fitted)) > 3.84 ? fitted : .one
  }
}

/// The mean log loss of logits times a factor β = 1 / T.
///
/// With logits counted from that of the right class, dₖ = zₖ - z_y, it is the mean of
/// log Σ exp(β dₖ): convex in β, so that its only minimum is where its slope is 0.
private struct ScaledLogLoss {
  private let gaps: [[Double]]  // [example, class]

  init(_ logits: [[Float]], _ references: [Int]) {
    gaps = zip(logits, references).map { row, reference in
      row.map { Double($0) - Double(row[reference]) }
    }
  }

  /// Whether all is finite, some are right and some are wrong.
  var isInformative: Bool {
    let highest = gaps.map { $0.max() ?? 0 }
    guard gaps.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { return false }
    return highest.contains { $0 <= 0 } && highest.contains { $0 > 0 }
  }

  func value(at factor: Double) -> Double {
    gaps.reduce(0) { sum, gaps in
      let top = gaps.max() ?? 0
      return sum + factor * top + log(gaps.reduce(0) { $0 + exp(factor * ($1 - top)) })
    } / Double(max(1, gaps.count))
  }

  /// The factor for the best of the temperatures in a range.
  ///
  /// Newton's method on the slope, within bounds that close in; where a step would leave them, they
  /// are halved by logarithm.
  func minimizer(in temperatures: ClosedRange<Double>) -> Double {
    var (low, high) = (1 / temperatures.upperBound, 1 / temperatures.lowerBound)
    if slope(at: low).first >= 0 { return low }
    if slope(at: high).first <= 0 { return high }
    var factor = 1.0
    for _ in 0..<100 {
      let (first, second) = slope(at: factor)
      if first > 0 { high = factor } else { low = factor }
      var next = factor - first / second
      if !(next > low && next < high) { next = (low * high).squareRoot() }
      if abs(next - factor) <= 1e-12 * factor { return next }
      factor = next
    }
    return factor
  }

  // The first and second derivatives: the means over examples of the mean and of the variance of
  // the gaps under the softmax of β times them.
  private func slope(at factor: Double) -> (first: Double, second: Double) {
    var (first, second) = (0.0, 0.0)
    for gaps in gaps {
      let top = gaps.max() ?? 0
      var (sum, mean, square) = (0.0, 0.0, 0.0)
      for gap in gaps {
        let weight = exp(factor * (gap - top))
        sum += weight
        mean += weight * gap
        square += weight * gap * gap
      }
      mean /= sum
      first += mean
      second += max(0, square / sum - mean * mean)
    }
    return (first, second)
  }
}
