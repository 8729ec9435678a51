// SPDX-License-Identifier: Apache-2.0

public import PrompterKernels
internal import PrompterTensor

/// The frozen weights before and after an attention whose products round their factors.
public struct AttentionWeights: Sendable {
  /// What makes queries, or more, and its bias, if it has one.
  public typealias Projections = (weight: PackedMatrix, bias: Buffer?)

  /// Keys and values side by side or, if there are no `queries`, those behind them.
  public let heard: Projections
  /// Queries alone, where they have rows of their own.
  public let queries: Projections?
  /// What the output is multiplied by.
  public let output: PackedMatrix

  /// Weights of one attention.
  public init(heard: Projections, queries: Projections? = nil, output: PackedMatrix) {
    self.heard = heard
    self.queries = queries
    self.output = output
  }
}

/// y = attention(x Wᵀ + b) Wₒᵀ: an attention with the frozen weights before and after it.
///
/// The same as ``attention(_:queries:keys:values:prompt:bias:)`` between products, but what stands between
/// them, each way, is bfloat16: as the products round their factors it stays so what it would be for
/// them, and queries, keys and values, and the gradient of what is heard, are rounded as well. All that
/// is read and written is half as large.
///
/// - Parameters:
///   - kernel: Heads, scale, which keys each query sees, and dropout.
///   - weights: The weights.
///   - x: What is heard [tokens, inputs].
///   - own: What queries are made of [queries, inputs], if the weights have them apart; else they are x's.
///   - prompt: The layer's prompts, if any.
///   - bias: Biases by distance, if any; the kernel must know the queries' places.
/// - Returns: y [queries, outputs].
public func attention(
  _ kernel: AttentionKernel, between weights: AttentionWeights, of x: Variable,
  queriesOf own: Variable? = nil, prompt: DeepPrompt?, bias: BiasLines? = nil
) -> Variable {
  precondition((own == nil) == (weights.queries == nil), "Queries of their own need both.")
  let tape = Tape.common(x, own, prompt?.keys, prompt?.values, bias?.lines)
  let inputs = weights.inputs(x.value, own?.value, width: kernel.width)
  let logSums = tape.map { _ in Tensor(uninitialized: [kernel.queryCount, kernel.heads]) }
  let heard = kernel.forward(
    inputs, prefix: prompt?.prefix, bias: bias?.bias, logSums: logSums?.buffer)
  let y = Tensor(uninitialized: [kernel.queryCount, weights.output.outputs])
  weights.output.multiply(heard, into: y.buffer)
  guard let tape, let logSums else { return Variable(y) }
  return tape.record(y) { [x = x.adjoint, own = own?.adjoint] dy in
    let gradients = x != nil || own != nil ? weights.gradients(like: inputs) : nil
    kernel.pullBack(
      AttentionKernel.RoundedPullback(
        of: weights.output.roundedProductTransposed(dy.buffer, rows: dy.rows),
        logSums: logSums.buffer, prefix: promptGradients(prompt),
        bias: bias?.lines.adjoint?.owned().buffer),
      inputs: inputs, prefix: prompt?.prefix, bias: bias?.bias, into: gradients)
    guard let gradients else { return }
    pullBack(gradients.keys.matrix, through: weights.heard.weight, to: x)
    if let queries = weights.queries {
      pullBack(gradients.queries.matrix, through: queries.weight, to: own)
    }
  }
}

private func pullBack(_ dy: RoundedMatrix, through weight: PackedMatrix, to x: Adjoint?) {
  guard let x else { return }
  let dx = Tensor(uninitialized: [dy.rows, weight.inputs])
  weight.multiplyTransposed(dy, into: dx.buffer)
  x.accumulate(dx, isGiven: true)
}

extension AttentionWeights {
  fileprivate func inputs(
    _ x: Tensor, _ own: Tensor?, width: Int
  ) -> AttentionKernel.RoundedInputs {
    let all = heard.weight.roundedProduct(x.buffer, rows: x.rows, adding: heard.bias)
    guard let queries, let own else { return inputs(all, all, first: width, width) }
    let apart = queries.weight.roundedProduct(own.buffer, rows: own.rows, adding: queries.bias)
    return inputs(apart, all, first: 0, width)
  }

  private func inputs(
    _ queries: RoundedMatrix, _ heard: RoundedMatrix, first column: Int, _ width: Int
  ) -> AttentionKernel.RoundedInputs {
    AttentionKernel.RoundedInputs(
      queries: RoundedBlock(queries, column: 0), keys: RoundedBlock(heard, column: column),
      values: RoundedBlock(heard, column: column + width))
  }

  fileprivate func gradients(
    like x: AttentionKernel.RoundedInputs
  ) -> AttentionKernel.RoundedInputs {
    let all = RoundedMatrix(uninitializedRows: x.keys.matrix.rows, columns: x.keys.matrix.columns)
    let apart = queries.map { _ in
      RoundedMatrix(uninitializedRows: x.queries.matrix.rows, columns: x.queries.matrix.columns)
    }
    return inputs(
      apart ?? all, all, first: x.keys.column, x.values.column - x.keys.column)
  }
}
