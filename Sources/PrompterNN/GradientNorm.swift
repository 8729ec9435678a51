// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterKernels
public import PrompterTensor

/// The Euclidean norm of all gradients together (Pascanu and others 2013), in double precision.
///
/// - Parameters:
///   - gradients: The gradients; one that is missing is zero.
///   - team: The threads that share the work; their number changes no bit.
/// - Returns: √Σ g².
public func globalNorm(
  _ gradients: [Tensor?], team: ThreadTeam = ThreadTeam(count: 1)
) -> Double {
  let present = gradients.compactMap(\.self)
  let squares = team.mapPieces(of: present.map(\.shape.count)) { piece in
    Kernels.sumOfSquares(present[piece.buffer].buffer, in: piece.range)
  }
  return squares.reduce(0, +).squareRoot()
}

/// The norm of gradients as a tape found them.
public func globalNorm(_ gradients: [Gradient?], team: ThreadTeam) -> Double {
  globalNorm(gradients.map { $0?.stored }, team: team)
}

/// The factor that brings gradients of a norm to at most `limit`: PyTorch's limit / (norm + 1e-6).
public func clippingFactor(norm: Double, limit: Double?) -> Float {
  guard let limit, norm > 0 else { return 1 }
  return Float(min(1, limit / (norm + 1e-6)))
}
