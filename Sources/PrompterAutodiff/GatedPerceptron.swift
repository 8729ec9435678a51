// SPDX-License-Identifier: Apache-2.0

public import PrompterKernels
internal import PrompterTensor

/// y = (activation(a) · b) Wₒᵀ with [a, b] = x Wᵢᵀ + c for frozen weights, x [rows, inputs].
///
/// Gated linear units, Shazeer 2020. The pullback is dx = [dh · b activation′(a),
/// dh · activation(a)] Wᵢ with dh = dy Wₒ. Of all that stands between the products only the two
/// factors of dh are kept, in bfloat16.
///
/// - Parameters:
///   - x: [rows, inputs].
///   - kernel: Both weights, the bias and the activation.
/// - Returns: y [rows, outputs].
/// - Complexity: 2 rows hidden (2 inputs + outputs) FLOPs each way.
public func gatedPerceptron(_ x: Variable, _ kernel: GatedPerceptronKernel) -> Variable {
  let rows = x.value.rows
  let y = Tensor(uninitialized: [rows, kernel.outer.outputs])
  let slopes = x.tape.map { _ in kernel.slopes(rows: rows) }
  kernel.multiply(x.value.buffer, rows: rows, into: y.buffer, slopes: slopes)
  guard let tape = x.tape, let slopes else { return Variable(y) }
  return tape.record(y) { [x = x.adjoint] dy in
    let dx = Tensor(uninitialized: [rows, kernel.inner.inputs])
    kernel.pullback(dy.buffer, rows: rows, slopes: slopes, into: dx.buffer)
    x?.accumulate(dx, isGiven: true)
  }
}
