// SPDX-License-Identifier: Apache-2.0

/// The numbers of ``Adafactor``; the defaults are those that T5X tunes prompts with.
public struct AdafactorOptions: Sendable, Equatable {
  /// c in β̂₂ = 1 − t^−c: how fast the second moment comes to remember (an exponent, not a share).
  public var decayExponent = 0.8

  /// The steps that t has counted before the first one.
  ///
  /// The authors of prompt tuning restore the counter of the pretrained model, 1,100,000, so that
  /// the second moment takes in 1 / 68,000 of each square and hardly moves: clipping alone then
  /// decides the size of a step. From 0, as elsewhere, the first step forgets all. T5X's own
  /// `step_offset` is subtracted from its counter and thus from this one.
  public var startStep = 0

  /// The root mean square that a parameter's update is cut to before the rate; `nil` for none.
  public var clippingThreshold: Float? = 1

  /// Whether the rate is multiplied by the root mean square of the parameter, at least
  /// ``epsilon2``.
  public var isScaledByParameter = false

  /// Whether large matrices keep row and column means in place of the whole second moment.
  public var isFactored = false

  /// The least number of rows and of columns for which a matrix is large.
  public var leastFactoredExtent = 128

  /// The decay of the mean of updates; `nil` for updates as they are.
  public var beta1: Float?

  /// Added to every squared gradient.
  public var epsilon1: Float = 1e-30

  /// The least root mean square of a parameter that scales its rate.
  public var epsilon2: Float = 1e-3

  /// The numbers of T5X for prompts.
  public init() {}
}

extension AdafactorOptions: Codable {
  private enum CodingKeys: String, CodingKey {
    case decayExponent = "decay_exponent"
    case startStep = "start_step"
    case clippingThreshold = "clipping_threshold"
    case isScaledByParameter = "parameter_scale"
    case isFactored = "factored"
    case leastFactoredExtent = "least_factored_extent"
    case beta1
    case epsilon1
    case epsilon2
  }
}

extension AdafactorOptions: CustomStringConvertible {
  /// Every option, in words.
  public var description: String {
    [
      "decay exponent \(decayExponent)", "counting from \(startStep)",
      "updates cut to \(clippingThreshold.map { "\($0)" } ?? "no limit")",
      isScaledByParameter ? "scaled by the parameter" : "not scaled by the parameter",
      isFactored ? "factored from \(leastFactoredExtent)" : "unfactored",
      "momentum \(beta1.map { "\($0)" } ?? "none")",
      "epsilons \(epsilon1) and \(epsilon2)",
    ].joined(separator: ", ")
  }
}
