// SPDX-License-Identifier: Apache-2.0

/// Where to begin with a method, found by trying: the numbers of a plan that differ by method.
public struct UsualPlan: Sendable, Equatable {
  /// The highest learning rate.
  public var learningRate: Double
  /// The head's highest learning rate; nil for the same.
  public var headLearningRate: Double?
  /// Whether it is fitted until nothing gets better, rather than in steps of those rates.
  public var isFittedUntilConverged: Bool

  /// Rates, and whether they are needed at all.
  public init(
    learningRate: Double, headLearningRate: Double? = nil, isFittedUntilConverged: Bool = false
  ) {
    self.learningRate = learningRate
    self.headLearningRate = headLearningRate
    self.isFittedUntilConverged = isFittedUntilConverged
  }
}
