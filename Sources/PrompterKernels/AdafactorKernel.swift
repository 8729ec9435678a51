// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// How Adafactor's second moment takes in the gradients of one step.
public struct AdafactorMixing: Sendable {
  /// β̂₂, the share of the old moment that stays.
  public var retained: Float
  /// 1 − β̂₂, which has more digits when it is not made from β̂₂.
  public var mixed: Float
  /// Added to every squared gradient: ε₁.
  public var epsilon: Float
  /// What every gradient is multiplied by first: the factor of gradient clipping.
  public var gradientScale: Float

  /// The shares of a step that mixes in `mixed` of the new squares.
  public init(mixed: Double, epsilon: Float, gradientScale: Float) {
    retained = Float(1 - mixed)
    self.mixed = Float(mixed)
    self.epsilon = epsilon
    self.gradientScale = gradientScale
  }

  fileprivate var numbers: prompter_adafactor {
    prompter_adafactor(
      gradient_scale: gradientScale, retained: retained, mixed: mixed, epsilon: epsilon)
  }
}

/// The numbers with which Adafactor moves a parameter.
public struct AdafactorStep: Sendable {
  /// What the direction is multiplied by: the rate, after clipping.
  public var scale: Float
  /// The decay of the mean of updates.
  public var beta1: Float
  /// The share of the parameter itself that stays: 1 without weight decay.
  public var kept: Float

  /// The numbers of a step.
  public init(scale: Float, beta1: Float, kept: Float) {
    self.scale = scale
    self.beta1 = beta1
    self.kept = kept
  }
}

/// Adafactor (Shazeer and Stern 2018): its direction with a whole or a factored second moment, and
/// the step along it. What lies between, clipping by the direction's own size, is the optimiser's.
extension Kernels {
  /// V ← β̂₂ V + (1 − β̂₂) (G² + ε₁), U = G / √V.
  public static func adafactorDirection(
    _ gradient: Buffer, second: Buffer, mixing: AdafactorMixing, into direction: Buffer
  ) {
    expect(second, count: gradient.count, "adafactorDirection")
    expect(direction, count: gradient.count, "adafactorDirection")
    var numbers = mixing.numbers
    unsafe prompter_adafactor_direction(
      direction.base, second.base, gradient.base, &numbers, gradient.count)
  }

  /// The direction with V = R Cᵀ / mean(R), of which only the means over columns R [rows] and over
  /// rows C [columns] are kept (Algorithm 4, with means for sums).
  public static func adafactorDirection(
    _ gradient: Buffer, rowMeans: Buffer, columnMeans: Buffer, mixing: AdafactorMixing,
    into direction: Buffer
  ) {
    expect(gradient, count: rowMeans.count * columnMeans.count, "adafactorDirection")
    expect(direction, count: gradient.count, "adafactorDirection")
    guard gradient.count > 0 else { return }
    var numbers = mixing.numbers
    unsafe prompter_adafactor_factored_direction(
      direction.base, rowMeans.base, columnMeans.base, gradient.base, &numbers, rowMeans.count,
      columnMeans.count)
  }

  /// θ ← kept θ − u with u = scale U, or u = M ← β₁ M + (1 − β₁) scale U with a first moment M.
  public static func adafactorStep(
    _ parameter: Buffer, first: Buffer?, direction: Buffer, step: AdafactorStep
  ) {
    expect(direction, count: parameter.count, "adafactorStep")
    expect(first, count: parameter.count, "adafactorStep")
    unsafe prompter_adafactor_step(
      parameter.base, first?.base, direction.base, step.scale, step.beta1, step.kept,
      parameter.count)
  }
}
