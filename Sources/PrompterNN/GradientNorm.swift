// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
public import PrompterTensor

/// The Euclidean norm of all gradients together (Pascanu and others 2013), in double precision.
public func globalNorm(_ gradients: [Tensor?]) -> Double {
  gradients.reduce(0.0) { $0 + ($1.map { Kernels.sumOfSquares($0.buffer) } ?? 0) }.squareRoot()
}

/// The factor that brings gradients of a norm to at most `limit`: PyTorch's limit / (norm + 1e-6).
public func clippingFactor(norm: Double, limit: Double?) -> Float {
  guard let limit, norm > 0 else { return 1 }
  return Float(min(1, limit / (norm + 1e-6)))
}
