// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

extension AttentionKernel {
  /// The inputs of an attention in bfloat16.
  public struct RoundedInputs: Sendable {
    /// The queries.
    public let queries: RoundedBlock
    /// The keys.
    public let keys: RoundedBlock
    /// The values.
    public let values: RoundedBlock

    /// Inputs that stand in columns of rounded matrices; heads of whole lines of 32 values begin
    /// with one.
    public init(queries: RoundedBlock, keys: RoundedBlock, values: RoundedBlock) {
      self.queries = queries
      self.keys = keys
      self.values = values
    }

    func check(_ kernel: AttentionKernel) {
      queries.check(rows: kernel.queryCount, heads: kernel.heads, size: kernel.size)
      keys.check(rows: kernel.keyCount, heads: kernel.heads, size: kernel.size)
      values.check(rows: kernel.keyCount, heads: kernel.heads, size: kernel.size)
    }

    func description(with out: RoundedMatrix) -> prompter_rounded_attention {
      unsafe prompter_rounded_attention(
        queries: queries.matrix.description, keys: keys.matrix.description,
        values: values.matrix.description, out: out.description, query_column: queries.column,
        key_column: keys.column, value_column: values.column)
    }
  }

  /// The output [queries, width], rounded; see
  /// ``forward(queries:keys:values:prefix:bias:into:logSums:)``.
  ///
  /// Factors of all products are bfloat16, prompts' keys and values and probabilities too; scores,
  /// their softmax and all sums are float32.
  ///
  /// - Complexity: 4 width Σᵣ queriesᵣ (promptᵣ + keysᵣ) FLOPs.
  public func forward(
    _ inputs: RoundedInputs, prefix: AttentionPrefix?, bias: PositionBias? = nil, logSums: Buffer?
  ) -> RoundedMatrix {
    inputs.check(self)
    Kernels.expect(logSums, count: queryCount * heads, "attention")
    let output = RoundedMatrix(uninitializedRows: queryCount, columns: width)
    var matrices = unsafe inputs.description(with: output)
    unsafe withRoundedDescription(prefix, bias) { description, scratch in
      unsafe prompter_rounded_attention_forward(
        &description, &matrices, logSums?.base, scratch.base)
    }
    return output
  }

  /// What a pullback of rounded matrices reads and writes besides its inputs and their gradients.
  public struct RoundedPullback {
    /// The output's gradient [queries, width].
    public let dy: RoundedMatrix
    /// The logarithms of the softmax denominators.
    public let logSums: Buffer
    /// Where the gradients of the prompts' keys and values are added to: of each block, if wanted;
    /// empty if none is.
    public let prefix: [AttentionPrefix.Block?]
    /// Where the gradient of the bias's lines is added to, if wanted.
    public let bias: Buffer?

    /// A pullback for an output's gradient.
    public init(
      of dy: RoundedMatrix, logSums: Buffer, prefix: [AttentionPrefix.Block?], bias: Buffer?
    ) {
      self.dy = dy
      self.logSums = logSums
      self.prefix = prefix
      self.bias = bias
    }
  }

  /// The pullback; probabilities are computed again.
  ///
  /// - Parameters:
  ///   - pullback: The output's gradient and where the prompt's goes.
  ///   - inputs: What the forward pass read, no keys of it by two rows.
  ///   - prefix: The prompts' keys and values.
  ///   - bias: The bias by distance.
  ///   - gradients: Where the gradients of the inputs are written, if wanted: all of their rows.
  /// - Complexity: 10 width Σᵣ queriesᵣ (promptᵣ + keysᵣ) FLOPs.
  public func pullBack(
    _ pullback: RoundedPullback, inputs: RoundedInputs, prefix: AttentionPrefix?,
    bias: PositionBias? = nil, into gradients: RoundedInputs?
  ) {
    precondition(!keys.areShared, "Rows that share keys add up their gradients in float32.")
    inputs.check(self)
    gradients?.check(self)
    Kernels.expect(pullback.logSums, count: queryCount * heads, "attention")
    RoundedBlock(pullback.dy, column: 0).check(rows: queryCount, heads: heads, size: size)
    var matrices = unsafe inputs.description(with: pullback.dy)
    var written = unsafe gradients?.description(with: pullback.dy) ?? prompter_rounded_attention()
    unsafe written.out = pullback.dy.description
    unsafe withTargets(pullback.prefix, prefix, pullback.bias, bias) { targets in
      unsafe withRoundedDescription(prefix, bias) { description, scratch in
        unsafe prompter_rounded_attention_backward(
          &description, &targets, &matrices, &written, pullback.logSums.base, scratch.base)
      }
    }
  }

  private func withRoundedDescription(
    _ prefix: AttentionPrefix?, _ bias: PositionBias?,
    _ body: (inout prompter_attention, Buffer) -> Void
  ) {
    let queries = zip(queryOffsets, queryOffsets.dropFirst()).reduce(0) { max($0, $1.1 - $1.0) }
    let longest = longestRow(prefix)
    let scratch = Buffer(
      count: prompter_rounded_attention_scratch(Int(queries), longest, size))
    unsafe withDescription(prefix, bias, longest: longest) { unsafe body(&$0, scratch) }
  }
}
