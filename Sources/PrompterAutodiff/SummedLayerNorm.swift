// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// Layer normalisation of a residual's sum, which goes on beside it.
///
/// Ba and others 2016, as layers have it that normalise what they read: s = x + added and
/// y = normal(s) g + o, row by row. The pullback sends to x and added alike what the sum receives
/// elsewhere and (g dy − mean(g dy) − n mean(g dy n)) / √(variance + ε), n the normalised row.
///
/// - Parameters:
///   - x: [rows, columns].
///   - added: [rows, columns], or none; then the sum is x itself.
///   - gain: g [columns].
///   - offset: o [columns], or none.
///   - epsilon: ε.
/// - Returns: s and y [rows, columns].
public func layerNorm(
  _ x: Variable, adding added: Variable?, gain: Variable, offset: Variable?, epsilon: Float
) -> (sum: Variable, normalized: Variable) {
  let total = added == nil ? x.value : Tensor(uninitialized: x.shape)
  let y = Tensor(uninitialized: x.shape)
  let tape = Tape.common(x, added, gain, offset)
  let moments = tape.map { _ in Tensor(uninitialized: [x.value.rows, 2]) }
  Kernels.layerNorm(
    x.value.buffer, adding: added.map { ($0.value.buffer, total.buffer) },
    gain: gain.value.buffer, offset: offset?.value.buffer, epsilon: epsilon, into: y.buffer,
    moments: moments?.buffer)
  guard let tape, let moments else {
    return (added == nil ? x : Variable(total), Variable(y))
  }
  let sum = recordedSum(total, x, added)
  let normalized = tape.record(y) { [sum = sum.adjoint, offset = offset?.adjoint] dy in
    // The sum's other gradient is here already, for whoever reads the sum comes after the norm.
    let dsum = Tensor(uninitialized: total.shape)
    Kernels.layerNormPullback(
      dy.buffer, adding: sum?.take()?.tensor.buffer, sum: total.buffer, moments: moments.buffer,
      gain: gain.value.buffer, into: dsum.buffer, addingGainTo: gain.adjoint?.owned().buffer,
      addingOffsetTo: offset?.owned().buffer)
    sum?.accumulate(dsum, isGiven: true)
  }
  return (sum, normalized)
}
