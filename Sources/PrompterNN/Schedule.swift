// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// How the learning rate changes over training.
public enum Schedule: String, Codable, Sendable, CaseIterable {
  /// Falls in a straight line to 0 at the last step.
  case linear
  /// Stays.
  case constant
  /// Falls to 0 along half a cosine (Loshchilov and Hutter 2017, without restarts).
  case cosine
  /// Is multiplied by 0.95 after each epoch, as P-Tuning v2 does for sequence labelling.
  case exponential

  /// What the rate is multiplied by at a step.
  ///
  /// - Parameters:
  ///   - step: The step about to be taken, counted from 0.
  ///   - steps: All steps of the run.
  ///   - warmup: Steps over which the factor first rises in a straight line from 0.
  ///   - epoch: The epoch of the step, counted from 0.
  /// - Returns: A factor in 0 ... 1.
  public func factor(step: Int, of steps: Int, warmup: Int, epoch: Int) -> Double {
    if step < warmup { return Double(step) / Double(max(1, warmup)) }
    let share = Double(step - warmup) / Double(max(1, steps - warmup))
    switch self {
    case .linear: return max(0, 1 - share)
    case .constant: return 1
    case .cosine: return 0.5 * (1 + cos(Double.pi * min(1, share)))
    case .exponential: return pow(0.95, Double(epoch))
    }
  }
}
