// SPDX-License-Identifier: Apache-2.0

public import PrompterKernels
internal import PrompterTensor

/// Where an attention finds its inputs: some columns of a variable's matrix or, as long as no
/// gradients are wanted, some heads of a variable [heads, tokens, size].
public struct Projection {
  private enum Place {
    case columns(from: Int)
    case heads(from: Int)
  }

  /// What the inputs are part of.
  public let variable: Variable
  private let place: Place

  /// The block of the matrix `variable` [tokens, columns] that begins at `column`.
  public init(_ variable: Variable, column: Int) {
    self.variable = variable
    place = .columns(from: column)
  }

  /// The heads of `variable` [heads, tokens, size] that begin with `head`.
  public init(headMajor variable: Variable, head: Int) {
    precondition(variable.shape.extents.count == 3 && !variable.isRecorded, "No gradients here.")
    self.variable = variable
    place = .heads(from: head)
  }

  var block: ColumnBlock { block(of: variable.value) }

  func block(of tensor: Tensor) -> ColumnBlock {
    switch place {
    case .columns(let column):
      ColumnBlock(tensor.buffer, columns: tensor.columns, first: column)
    case .heads(let head):
      ColumnBlock(
        headMajor: tensor.buffer, tokens: tensor.shape[1], size: tensor.shape[2], head: head)
    }
  }
}

/// Multi-head attention over ragged rows whose keys and values begin with a prompt's.
///
/// For every head h and query t of a row: o[t] = Σⱼ softmax(scale q[t] · k[j] + bias) v[j], j over
/// the prompt's and the row's own keys (Vaswani and others 2017; Liu and others 2021, section 3.2).
/// The pullback recomputes probabilities from the softmax denominators and computes only what is
/// wanted: when the row's own projections are constants, the prompt's gradients alone.
///
/// - Parameters:
///   - kernel: Heads, scale, which keys each query sees, and dropout.
///   - queries: [queries, ≥ width].
///   - keys: [tokens, ≥ width], or head after head.
///   - values: Another part of the same variable as the keys.
///   - prompt: The layer's prompts, if any.
///   - bias: Biases by distance, if any; the kernel must know the queries' places.
///   - positions: Projections of relative positions, if any; the same holds for them.
/// - Returns: o [queries, width].
public func attention(
  _ kernel: AttentionKernel, queries: Projection, keys: Projection, values: Projection,
  prompt: DeepPrompt?, bias: BiasLines? = nil, positions: PositionProjections? = nil
) -> Variable {
  precondition(keys.variable === values.variable, "Keys and values stand in one matrix.")
  let output = Tensor(uninitialized: [kernel.queryCount, kernel.width])
  let tape = Tape.common(
    [queries.variable, keys.variable, bias?.lines, positions?.table] + (prompt?.variables ?? []))
  let logSums = tape.map { _ in Tensor(uninitialized: [kernel.queryCount, kernel.heads]) }
  kernel.forward(
    queries: queries.block, keys: keys.block, values: values.block, prefix: prompt?.prefix,
    bias: bias?.bias, positions: positions?.vectors, into: output.buffer,
    logSums: logSums?.buffer)
  guard let tape, let logSums else { return Variable(output) }
  return tape.record(output) { dy in
    let text = textGradients(kernel, queries, keys, values)
    kernel.pullback(
      dy.buffer, queries: queries.block, keys: keys.block, values: values.block,
      prefix: prompt?.prefix, bias: bias?.bias, positions: positions?.vectors,
      output: output.buffer, logSums: logSums.buffer,
      into: AttentionKernel.Gradients(
        text: text.map {
          (queries.block(of: $0.queries), keys.block(of: $0.keys), values.block(of: $0.keys))
        },
        prefix: prompt?.gradients ?? [], bias: bias?.lines.adjoint?.owned().buffer,
        positions: positions?.table.adjoint?.owned().buffer))
    guard let text else { return }
    queries.variable.accumulate(text.queries)
    if keys.variable !== queries.variable { keys.variable.accumulate(text.keys) }
  }
}

// Matrices for the gradients of the projections; one and the same if they share their matrix, which
// the kernel then fills completely when it is just queries, keys and values side by side.
private func textGradients(
  _ kernel: AttentionKernel, _ queries: Projection, _ keys: Projection, _ values: Projection
) -> (queries: Tensor, keys: Tensor)? {
  guard queries.variable.isRecorded || keys.variable.isRecorded else { return nil }
  if queries.variable === keys.variable {
    let isFilled = keys.variable.value.columns == 3 * kernel.width
    let gradient =
      isFilled ? Tensor(uninitialized: keys.variable.shape) : Tensor(zeros: keys.variable.shape)
    return (gradient, gradient)
  }
  return (Tensor(zeros: queries.variable.shape), Tensor(zeros: keys.variable.shape))
}
