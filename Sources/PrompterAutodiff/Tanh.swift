// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// y = tanh x, element by element; the pullback is dx = dy (1 − y²).
public func tanh(_ x: Variable) -> Variable {
  let y = Tensor(uninitialized: x.shape)
  Kernels.tanh(x.value.buffer, into: y.buffer)
  guard let tape = x.tape else { return Variable(y) }
  return tape.record(y) { [x = x.adjoint] dy in
    let dx = Tensor(uninitialized: dy.shape)
    Kernels.tanhPullback(dy.buffer, value: y.buffer, into: dx.buffer)
    x?.accumulate(dx)
  }
}
