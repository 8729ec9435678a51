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

  fileprivate var numbers: prompter_adamw_step {
    prompter_adamw_step(
      gradient_scale: gradientScale, rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon,
      weight_decay: weightDecay, correction1: correction1, correction2: correction2)
  }
}

extension Kernels {
  /// One step of AdamW (Loshchilov and Hutter 2019, Algorithm 2), in place, for the values of a
  /// range.
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
    var numbers = step.numbers
    let start = range.lowerBound
    unsafe prompter_adamw(
      parameter.base + start, first.base + start, second.base + start, gradient.base + start,
      &numbers, range.count)
  }

  /// The same for some rows of a table, whose moments lie one after another in the rows' order.
  ///
  /// - Parameters:
  ///   - parameter: The table.
  ///   - rows: The row of each slot of the moments, none of them twice.
  ///   - gradient: Gradients of some rows.
  ///   - places: For each slot, the row of `gradient` that holds its gradient, −1 for zeros.
  ///   - first: The mean of gradients, row after row, with room for all `rows`.
  ///   - second: The mean of squared gradients, likewise.
  ///   - columns: The columns of all of them.
  ///   - range: Which slots.
  ///   - step: The numbers.
  public static func adamW(
    _ parameter: Buffer, rows: [Int32], gradient: Buffer, places: [Int32], first: Buffer,
    second: Buffer, columns: Int, in range: Range<Int>, step: AdamWStep
  ) {
    guard !range.isEmpty else { return }
    precondition(
      range.lowerBound >= 0 && range.upperBound <= min(rows.count, places.count)
        && range.upperBound * columns <= min(first.count, second.count), "adamW: no such slots.")
    expect(
      Array(rows[range]), below: self.rows(of: parameter, columns: columns, "adamW"), "adamW")
    let gradients = Int32(self.rows(of: gradient, columns: columns, "adamW"))
    precondition(places[range].allSatisfy { $0 < gradients }, "adamW: no such gradient.")
    let zeros = Buffer(count: columns)
    zeros.fill(with: 0)
    var numbers = step.numbers
    let start = range.lowerBound * columns
    unsafe prompter_adamw_rows(
      parameter.base, first.base + start, second.base + start, gradient.base, zeros.base,
      Array(rows[range]), Array(places[range]), &numbers, range.count, columns)
  }

  /// The same for values whose gradients and moments are zeros: they decay and do no more.
  public static func adamWDecay(_ parameter: Buffer, in range: Range<Int>, step: AdamWStep) {
    expect(range, of: parameter, "adamWDecay")
    var numbers = step.numbers
    unsafe prompter_adamw_decay(parameter.base + range.lowerBound, &numbers, range.count)
  }
}
