// SPDX-License-Identifier: Apache-2.0

public import PrompterKernels
internal import PrompterTensor

/// Each head's own product with a frozen weight Wₕ [outputs, inputs].
///
/// A head's values stand side by side with the other heads': of x [tokens × heads, inputs], row
/// t heads + h is head h of token t, and y[t, h] = x[t, h] Wₕᵀ is [tokens, heads × outputs].
/// Transposed, x is [tokens, heads × outputs] and y[t, h] = x[t, h] Wₕ is [tokens × heads, inputs].
/// Each is the other's pullback.
///
/// - Parameters:
///   - x: All heads of all tokens.
///   - weights: One for each head, all of one shape.
///   - isTransposed: Whether x is multiplied by Wₕ itself.
/// - Returns: y of all heads of all tokens.
/// - Complexity: 2 tokens heads inputs outputs FLOPs each way.
public func headProduct(
  _ x: Variable, _ weights: [PackedMatrix], transposed isTransposed: Bool = false
) -> Variable {
  let y = multiplied(x.value, by: weights, isTransposed)
  guard let tape = x.tape else { return Variable(y) }
  return tape.record(y) { [x = x.adjoint] dy in
    x?.accumulate(multiplied(dy, by: weights, !isTransposed))
  }
}

private func multiplied(
  _ x: Tensor, by weights: [PackedMatrix], _ isTransposed: Bool
) -> Tensor {
  let (heads, first) = (weights.count, weights[0])
  let from = isTransposed ? first.outputs : first.inputs
  let to = isTransposed ? first.inputs : first.outputs
  let tokens = x.shape.count / (heads * from)
  let y = Tensor(uninitialized: isTransposed ? [tokens * heads, to] : [tokens, heads * to])
  let factor = Tensor(uninitialized: [tokens, from])
  let result = Tensor(uninitialized: [tokens, to])
  for (head, weight) in weights.enumerated() {
    Kernels.copyColumns(
      of: x.buffer, xColumns: heads * from, from: head * from, to: factor.buffer, yColumns: from,
      at: 0, columns: from)
    if isTransposed {
      weight.multiplyTransposed(factor.buffer, rows: tokens, into: result.buffer)
    } else {
      weight.multiply(factor.buffer, rows: tokens, into: result.buffer)
    }
    Kernels.copyColumns(
      of: result.buffer, xColumns: to, from: 0, to: y.buffer, yColumns: heads * to,
      at: head * to, columns: to)
  }
  return y
}
