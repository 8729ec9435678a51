// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// y = a x for a number a; the pullback is dx = a dy.
public func scaled(_ x: Variable, by factor: Float) -> Variable {
  func times(_ tensor: Tensor) -> Tensor {
    let result = Tensor(uninitialized: tensor.shape)
    Kernels.scale(tensor.buffer, by: factor, into: result.buffer)
    return result
  }
  guard let tape = x.tape else { return Variable(times(x.value)) }
  return tape.record(times(x.value)) { [x = x.adjoint] dy in x?.accumulate(times(dy)) }
}
