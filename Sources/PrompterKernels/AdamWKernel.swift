// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// The numbers of one AdamW step.
public struct AdamWStep: Sendable {
  /// The learning rate of this step.
  public var rate: Float
  /// The decay of the mean of gradients.
  public var beta1: Float
  /// The decay of the mean of squared gradients.
  public var beta2: Float
  /// Added to the root of the second moment.
  public var epsilon: Float
  /// The share of a parameter taken off, times the rate.
  public var weightDecay: Float
  /// 1 − β₁ᵗ at step t.
  public var correction1: Float
  /// 1 − β₂ᵗ at step t.
  public var correction2: Float
  /// What every gradient is multiplied by first: the factor of gradient clipping.
  public var gradientScale: Float

  /// The numbers of step `step`, counted from 1.
  public init(
    step: Int, rate: Float, beta1: Float, beta2: Float, epsilon: Float, weightDecay: Float,
    gradientScale: Float
  ) {
    self.rate = rate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.gradientScale = gradientScale
    var power1 = 1.0
    var power2 = 1.0
    for _ in 0..<step {
      power1 *= Double(beta1)
      power2 *= Double(beta2)
    }
    correction1 = Float(1 - power1)
    correction2 = Float(1 - power2)
  }
}

extension Kernels {
  /// One step of AdamW (Loshchilov and Hutter 2019, Algorithm 2), in place, for the values of a range.
  ///
  /// m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g²,
  /// θ ← θ (1 − η λ) − η (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
  public static func adamW(
    _ parameter: Buffer, gradient: Buffer, first: Buffer, second: Buffer, in range: Range<Int>,
    step: AdamWStep
  ) {
    expect(gradient, count: parameter.count, "adamW")
    expect(first, count: parameter.count, "adamW")
    expect(second, count: parameter.count, "adamW")
    expect(range, of: parameter, "adamW")
    let start = range.lowerBound
    unsafe prompter_adamw(
      parameter.base + start, first.base + start, second.base + start, gradient.base + start,
      step.gradientScale, step.rate, step.beta1, step.beta2, step.epsilon, step.weightDecay,
      step.correction1, step.correction2, range.count)
  }
}
