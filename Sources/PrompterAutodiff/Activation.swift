// SPDX-License-Identifier: Apache-2.0

public import PrompterKernels
internal import PrompterTensor

/// y = activation(x + b), element by element, for x [rows, columns].
///
/// The pullback is dx = dy activation′(x + b), from the derivative kept by the forward pass, and
/// db = the sum of all rows of dx.
///
/// - Parameters:
///   - x: [rows, columns].
///   - bias: b [columns]; none by default.
///   - activation: What is done to each value.
///   - roundsSlopes: Whether derivatives may be kept in 16 bits, off by 1.5e-5 at most.
/// - Returns: y [rows, columns].
public func activate(
  _ x: Variable, bias: Variable? = nil, by activation: Activation, roundsSlopes: Bool = false
) -> Variable {
  let y = Tensor(uninitialized: x.shape)
  let columns = x.value.columns
  let tape = Tape.common(x, bias)
  let slopes = tape.map { _ in
    ActivationSlopes(
      rows: x.value.rows, columns: columns, of: activation, areRounded: roundsSlopes)
  }
  Kernels.activate(
    x.value.buffer, bias: bias?.value.buffer, by: activation, columns: columns, into: y.buffer,
    slopes: slopes)
  guard let tape, let slopes else { return Variable(y) }
  return tape.record(y) { [x = x.adjoint, bias = bias?.adjoint, shape = x.shape] dy in
    let dx = Tensor(uninitialized: shape)
    Kernels.activatePullback(dy.buffer, slopes: slopes, into: dx.buffer)
    x?.accumulate(dx)
    addColumnSums(of: dx, to: bias)
  }
}

/// y = activation(a) · b for a matrix [a, b] of two halves side by side.
///
/// Gated linear units, Shazeer 2020. The pullback is da = dy b activation′(a) and
/// db = dy activation(a), from the factors kept by the forward pass.
///
/// - Parameters:
///   - x: [rows, 2 columns].
///   - activation: What is done to the first half.
/// - Returns: y [rows, columns].
public func activateGated(_ x: Variable, by activation: Activation) -> Variable {
  let columns = x.value.columns / 2
  precondition(x.value.columns == 2 * columns, "A gate needs two halves.")
  let y = Tensor(uninitialized: [x.value.rows, columns])
  let slope = x.tape.map { _ in Tensor(uninitialized: x.shape) }
  Kernels.activateGated(
    x.value.buffer, by: activation, columns: columns, into: y.buffer, slope: slope?.buffer)
  guard let tape = x.tape, let slope else { return Variable(y) }
  return tape.record(y) { [x = x.adjoint] dy in
    let dx = Tensor(uninitialized: slope.shape)
    Kernels.activateGatedPullback(
      dy.buffer, slope: slope.buffer, columns: columns, into: dx.buffer)
    x?.accumulate(dx)
  }
}
