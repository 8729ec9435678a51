// SPDX-License-Identifier: Apache-2.0

public import PrompterKernels
internal import PrompterTensor

/// y = activation(x), element by element; the pullback is dx = dy activation′(x), from the
/// derivative kept by the forward pass.
public func activate(_ x: Variable, by activation: Activation) -> Variable {
  let y = Tensor(uninitialized: x.shape)
  let slope = x.tape.map { _ in Tensor(uninitialized: x.shape) }
  Kernels.activate(x.value.buffer, by: activation, into: y.buffer, slope: slope?.buffer)
  guard let tape = x.tape, let slope else { return Variable(y) }
  return tape.record(y) { [x = x.adjoint] dy in
    Kernels.multiply(dy.buffer, slope.buffer, into: slope.buffer)
    x?.accumulate(slope)
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
