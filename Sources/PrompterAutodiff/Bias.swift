// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// y[r] = x[r] + b for a bias b [columns].
///
/// The value of `x` is overwritten, for it is always a product's fresh output that no pullback
/// reads. The pullback is dx = dy and db = the sum of all rows of dy.
public func addBias(_ x: Variable, _ bias: Variable) -> Variable {
  Kernels.addBias(bias.value.buffer, to: x.value.buffer)
  guard let tape = Tape.common(x, bias) else { return Variable(x.value) }
  return tape.record(x.value) { [x = x.adjoint, bias = bias.adjoint] dy in
    x?.accumulate(dy)
    addColumnSums(of: dy, to: bias)
  }
}

// The gradient of a bias that was added to every row.
func addColumnSums(of dy: Tensor, to bias: Adjoint?) {
  guard let bias else { return }
  Kernels.addColumnSums(of: dy.buffer, to: bias.owned().buffer)
}
