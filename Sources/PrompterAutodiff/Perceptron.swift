// SPDX-License-Identifier: Apache-2.0

public import PrompterKernels
internal import PrompterTensor

/// y = activation(x Wᵢᵀ + b) Wₒᵀ for frozen weights, x [rows, inputs], y [rows, outputs].
///
/// The pullback is dx = (dy Wₒ · activation′) Wᵢ. Of all that stands between the products only the
/// derivatives are kept.
///
/// - Parameters:
///   - x: [rows, inputs].
///   - kernel: Both weights, the bias and the activation.
///   - roundsSlopes: Whether derivatives may be kept in 16 bits, off by 1.5e-5 at most.
/// - Returns: y [rows, outputs].
/// - Complexity: 2 rows hidden (inputs + outputs) FLOPs each way.
public func perceptron(
  _ x: Variable, _ kernel: PerceptronKernel, roundsSlopes: Bool = false
) -> Variable {
  let rows = x.value.rows
  let y = Tensor(uninitialized: [rows, kernel.outer.outputs])
  let slopes = x.tape.map { _ in
    ActivationSlopes(
      rows: rows, columns: kernel.inner.outputs, of: kernel.activation, areRounded: roundsSlopes)
  }
  kernel.multiply(x.value.buffer, rows: rows, into: y.buffer, slopes: slopes)
  guard let tape = x.tape, let slopes else { return Variable(y) }
  return tape.record(y) { [x = x.adjoint] dy in
    let dx = Tensor(uninitialized: [rows, kernel.inner.inputs])
    kernel.pullback(dy.buffer, rows: rows, slopes: slopes, into: dx.buffer)
    x?.accumulate(dx, isGiven: true)
  }
}
