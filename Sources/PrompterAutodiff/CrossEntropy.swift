// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// The cross-entropy of logits [rows, labels] against true labels, in nats, summed and scaled.
///
/// loss = scale Σᵣ (log Σ_c exp z[r, c] − z[r, label r]); the pullback is
/// dz = scale (softmax(z) − one-hot). A batch split over replicas passes 1 / (rows of the whole
/// batch), so that the replicas' losses and gradients add up to the mean's.
///
/// A z-loss (Chowdhery and others 2022, section 5) adds z (log Z)² to each row that counts, log Z
/// the logarithm of its softmax's denominator: T5X trains with z = 1e-4.
///
/// With weights, each row's part is multiplied by that of its label; the scale of a weighted mean
/// is 1 / (the sum of the weights of all rows), as in PyTorch.
///
/// - Parameters:
///   - logits: z [rows, labels].
///   - labels: The index of each row's label; a row whose label is negative counts for nothing.
///   - weights: How much a row of each label counts; nil for all alike.
///   - scale: What the sum is multiplied by.
///   - zLoss: The weight of (log Z)².
/// - Returns: A scalar.
public func crossEntropy(
  _ logits: Variable, labels: [Int32], weights: [Float]? = nil, scale: Float, zLoss: Double = 0
) -> Variable {
  let gradient = logits.isRecorded ? Tensor(uninitialized: logits.shape) : nil
  let sum =
    weights.map {
      // Rows that count for nothing have no gradient.
      gradient?.buffer.fill(with: 0)
      return Kernels.crossEntropy(
        logits.value.buffer, labels: labels, weights: $0, gradient: gradient?.buffer,
        gradientScale: scale, zLoss: zLoss)
    }
    ?? Kernels.crossEntropy(
      logits.value.buffer, labels: labels, gradient: gradient?.buffer, gradientScale: scale,
      zLoss: zLoss)
  let loss = Tensor([Float(sum) * scale], shape: [])
  guard let tape = logits.tape, let gradient else { return Variable(loss) }
  return tape.record(loss) { [logits = logits.adjoint] dy in
    // 1 wherever the loss itself is what is differentiated; a vocabulary's logits are large.
    if dy.buffer[0] != 1 {
      Kernels.scale(gradient.buffer, by: dy.buffer[0], into: gradient.buffer)
    }
    logits?.accumulate(gradient)
  }
}
