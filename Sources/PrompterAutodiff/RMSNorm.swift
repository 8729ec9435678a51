// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// Normalisation by the root mean square of a residual's sum, which goes on beside it.
///
/// Zhang and Sennrich 2019, as T5 has it before each of its layers: s = x + added and
/// y = g s / √(mean(s²) + ε), row by row. With n = s / √(mean(s²) + ε) the pullback sends
/// ds + (g dy − n mean(g dy n)) / √(mean(s²) + ε) to x and added alike, ds being what the sum
/// receives elsewhere.
///
/// - Parameters:
///   - x: [rows, columns].
///   - added: [rows, columns], or none; then the sum is x itself.
///   - gain: g [columns].
///   - epsilon: ε.
/// - Returns: s and y [rows, columns].
public func rmsNorm(
  _ x: Variable, adding added: Variable? = nil, gain: Variable, epsilon: Float
) -> (sum: Variable, normalized: Variable) {
  let total = added == nil ? x.value : Tensor(uninitialized: x.shape)
  let y = Tensor(uninitialized: x.shape)
  let tape = Tape.common(x, added, gain)
  let roots = tape.map { _ in Tensor(uninitialized: [x.value.rows]) }
  Kernels.rmsNorm(
    x.value.buffer, adding: added.map { ($0.value.buffer, total.buffer) },
    gain: gain.value.buffer, epsilon: epsilon, into: y.buffer, inverseRoots: roots?.buffer)
  guard let tape, let roots else {
    return (added == nil ? x : Variable(total), Variable(y))
  }
  let sum = recordedSum(total, x, added)
  let normalized = tape.record(y) { [sum = sum.adjoint] dy in
    // The sum's other gradient is here already, for whoever reads the sum comes after the norm.
    let dsum = Tensor(uninitialized: total.shape)
    Kernels.rmsNormPullback(
      dy.buffer, adding: sum?.take()?.tensor.buffer, sum: total.buffer,
      inverseRoots: roots.buffer, gain: gain.value.buffer, into: dsum.buffer,
      addingGainTo: gain.adjoint?.owned().buffer)
    sum?.accumulate(dsum)
  }
  return (sum, normalized)
}

// A variable for x + added, whose gradient goes to both unchanged.
func recordedSum(_ total: Tensor, _ x: Variable, _ added: Variable?) -> Variable {
  guard let added else { return x }
  guard let tape = Tape.common(x, added) else { return Variable(total) }
  return tape.record(total) { [x = x.adjoint, added = added.adjoint] dsum in
    x?.accumulate(dsum)
    added?.accumulate(dsum)
  }
}
