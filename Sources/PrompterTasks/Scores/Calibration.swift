// SPDX-License-Identifier: Apache-2.0

/// What validation examples have told of how a head's outputs are to be read.
public struct Calibration: Sendable, Equatable {
  /// What outputs are divided by before they become probabilities.
  public var temperature: Temperature

  /// How far above all other answers the score of having none must be to be the answer, in kinds of
  /// task where there may be none.
  public var threshold: Double

  /// A calibration from its parts.
  public init(temperature: Temperature = .one, threshold: Double = 0) {
    (self.temperature, self.threshold) = (temperature, threshold)
  }

  /// Outputs as they are.
  public static let none = Calibration()
}
