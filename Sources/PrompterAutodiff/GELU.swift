// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// y = gelu(x + b) with gelu(v) = v Φ(v), for x [rows, columns] and a bias b [columns].
///
/// Hendrycks and Gimpel 2016. The pullback is dx = dy gelu'(x + b), from the derivative kept by the
/// forward pass, and db = the sum of all rows of dx.
public func biasGELU(_ x: Variable, _ bias: Variable) -> Variable {
  let y = Tensor(uninitialized: x.shape)
  guard let tape = Tape.common(x, bias) else {
    Kernels.biasGELU(x.value.buffer, bias: bias.value.buffer, into: y.buffer, slope: nil)
    return Variable(y)
  }
  let slope = Tensor(uninitialized: x.shape)
  Kernels.biasGELU(x.value.buffer, bias: bias.value.buffer, into: y.buffer, slope: slope.buffer)
  return tape.record(y) { [x = x.adjoint, bias = bias.adjoint] dy in
    Kernels.multiply(dy.buffer, slope.buffer, into: slope.buffer)
    x?.accumulate(slope)
    addColumnSums(of: slope, to: bias)
  }
}
