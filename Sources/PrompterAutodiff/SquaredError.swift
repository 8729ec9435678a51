// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// The squared errors of outputs [rows, 1] against numbers, summed and scaled.
///
/// loss = scale Σᵣ (y[r] − t[r])²; the pullback is dy = 2 scale (y − t). With 1 / (rows of the
/// whole batch) for the scale it is the mean squared error, and the losses and gradients of
/// replicas that share a batch add up to the mean's. The sum is of double precision.
///
/// - Parameters:
///   - outputs: y [rows, 1].
///   - targets: t, one for each row.
///   - scale: What the sum is multiplied by.
/// - Returns: A scalar.
public func squaredError(_ outputs: Variable, targets: [Float], scale: Float) -> Variable {
  precondition(outputs.shape.count == targets.count, "squaredError: the targets do not fit.")
  let errors = Tensor(
    zip(outputs.value.values, targets).map { $0 - $1 }, shape: outputs.shape)
  let sum = errors.values.reduce(0.0) { $0 + Double($1) * Double($1) }
  let loss = Tensor([Float(sum * Double(scale))], shape: [])
  guard let tape = outputs.tape else { return Variable(loss) }
  return tape.record(loss) { [outputs = outputs.adjoint] dy in
    let gradient = Tensor(uninitialized: errors.shape)
    Kernels.scale(errors.buffer, by: 2 * scale * dy.buffer[0], into: gradient.buffer)
    outputs?.accumulate(gradient)
  }
}
