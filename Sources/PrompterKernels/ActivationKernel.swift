// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// A function that a perceptron applies to each of its inner values.
public enum Activation: Sendable, CaseIterable {
  /// max(0, x).
  case relu
  /// x Φ(x) (Hendrycks and Gimpel 2016), by the error function (absolute error below 2e-7).
  case gelu
  /// x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2: GELU as it was first approximated.
  case geluTanh
  /// x / (1 + e⁻ˣ), also known as swish.
  case silu

  var kind: prompter_activation {
    switch self {
    case .relu: prompter_activation_relu
    case .gelu: prompter_activation_gelu
    case .geluTanh: prompter_activation_gelu_tanh
    case .silu: prompter_activation_silu
    }
  }
}

extension Kernels {
  /// y = activation(x + bias) for rows of `columns` values, and the derivatives there into `slopes`
  /// if given.
  public static func activate(
    _ x: Buffer, bias: Buffer? = nil, by activation: Activation, columns: Int, into y: Buffer,
    slopes: ActivationSlopes?
  ) {
    let rows = rows(of: x, columns: columns, "activate")
    expect(y, count: x.count, "activate")
    expect(bias, count: columns, "activate")
    slopes?.check(rows: rows, columns: columns, of: activation)
    unsafe prompter_activate(
      y.base, slopes?.buffer.base, slopes?.format.kept ?? prompter_slope_exact, x.base,
      bias?.base, activation.kind, rows, columns)
  }

  /// dx = dy · slopes: the pullback of `activate`.
  public static func activatePullback(
    _ dy: Buffer, slopes: ActivationSlopes, into dx: Buffer
  ) {
    expect(dy, count: slopes.rows * slopes.columns, "activatePullback")
    expect(dx, count: dy.count, "activatePullback")
    guard slopes.format != .exact else { return multiply(dy, slopes.buffer, into: dx) }
    unsafe prompter_activate_backward(
      dx.base, dy.base, slopes.buffer.base, slopes.format.kept, slopes.rows, slopes.columns)
  }

  /// y = activation(a) · b for rows [a, b] of x, and the derivatives into `slope` if given.
  ///
  /// Gated linear units, Shazeer 2020. `x` and `slope` are [rows, 2 columns], `y` [rows, columns];
  /// slope = [activation′(a) · b, activation(a)].
  public static func activateGated(
    _ x: Buffer, by activation: Activation, columns: Int, into y: Buffer, slope: Buffer?
  ) {
    let rows = rows(of: y, columns: columns, "activateGated")
    expect(x, count: 2 * y.count, "activateGated")
    expect(slope, count: x.count, "activateGated")
    unsafe prompter_activate_gated(
      y.base, slope?.base, x.base, activation.kind, rows, columns)
  }

  /// The pullback of `activateGated` from its slope.
  public static func activateGatedPullback(
    _ dy: Buffer, slope: Buffer, columns: Int, into dx: Buffer
  ) {
    let rows = rows(of: dy, columns: columns, "activateGatedPullback")
    expect(slope, count: 2 * dy.count, "activateGatedPullback")
    expect(dx, count: slope.count, "activateGatedPullback")
    unsafe prompter_activate_gated_backward(dx.base, slope.base, dy.base, rows, columns)
  }
}
