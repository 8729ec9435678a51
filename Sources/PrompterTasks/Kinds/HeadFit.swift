// SPDX-License-Identifier: Apache-2.0

/// How a head was fitted to the states of a backbone that stays as it is, until nothing gets
/// better: by multinomial logistic regression where it chooses among labels.
public struct HeadFit: Codable, Sendable, Equatable {
  /// The penalty: the mean loss (half of it, if it is a squared error) and half of this times the
  /// squared weights were minimised.
  public var l2: Double
  /// The parts of the training data that the penalty was chosen by, each left out once; few
  /// examples are dealt out into parts three times.
  public var folds: Int
  /// The selecting metric of what the folds' heads said of the examples that they had not seen.
  public var score: Double
  /// The mean loss of the training data: the cross-entropy in nats, or another kind's.
  public var loss: Double
  /// The steps of L-BFGS at the penalty chosen; 0 where the head is the solution of equations.
  public var iterations: Int
  /// Whether the gradient came down to zero, but for rounding.
  public var hasConverged: Bool
  /// The seconds that choosing and fitting took, without those for the states.
  public var seconds: Double

  private enum CodingKeys: String, CodingKey {
    case l2, folds, score, loss, iterations, seconds
    case hasConverged = "converged"
  }
}
