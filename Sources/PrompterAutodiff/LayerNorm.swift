// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// Layer normalisation of a sum: y = normal(x + b + residual) g + o, row by row.
///
/// Ba and others 2016: normal subtracts a row's mean and divides by √(variance + ε). The pullback
/// sends one gradient to x and residual alike:
/// d = (g dy − mean(g dy) − n mean(g dy n)) / √(variance + ε) with n the normalised row.
///
/// - Parameters:
///   - x: [rows, columns].
///   - bias: [columns], or none.
///   - residual: [rows, columns], or none.
///   - gain: g [columns].
///   - offset: o [columns].
///   - epsilon: ε.
/// - Returns: y [rows, columns].
public func layerNorm(
  _ x: Variable, bias: Variable? = nil, residual: Variable? = nil, gain: Variable,
  offset: Variable, epsilon: Float
) -> Variable {
  let y = Tensor(uninitialized: x.shape)
  let tape = Tape.common(x, bias, residual, gain, offset)
  let saved = tape.map { _ in
    (normalized: Tensor(uninitialized: x.shape), deviations: Tensor(zeros: [x.value.rows]))
  }
  Kernels.layerNorm(
    x.value.buffer, bias: bias?.value.buffer, residual: residual?.value.buffer,
    gain: gain.value.buffer, offset: offset.value.buffer, epsilon: epsilon, into: y.buffer,
    saved: saved.map { ($0.normalized.buffer, $0.deviations.buffer) })
  guard let tape, let saved else { return Variable(y) }
  return tape.record(y) {
    [x = x.adjoint, bias = bias?.adjoint, residual = residual?.adjoint, offset = offset.adjoint]
    dy in
    let dx = Tensor(uninitialized: dy.shape)
    Kernels.layerNormPullback(
      dy.buffer, saved: (saved.normalized.buffer, saved.deviations.buffer),
      gain: gain.value.buffer, into: dx.buffer,
      addingGainTo: gain.adjoint?.owned().buffer, addingOffsetTo: offset?.owned().buffer)
    x?.accumulate(dx)
    residual?.accumulate(dx)
    addColumnSums(of: dx, to: bias)
  }
}
