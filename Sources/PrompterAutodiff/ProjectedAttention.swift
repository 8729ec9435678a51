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
/// The same as ``attention(_:queries:keys:values:prompt:bias:)`` between products, but what stands
/// between them, each way, is bfloat16: as the products round their factors it stays so what it
/// would be for them, and queries, keys and values, and the gradient of what is heard, are rounded
/// as well. So are the other factors of attention's own products: prompts, probabilities and the
/// gradients of scores. All that is read and written is half as large.
///
/// - Parameters:
///   - kernel: Heads, scale, which keys each query sees, and dropout.
///   - weights: The weights.
///   - x: What is heard [tokens, inputs]; of rows that are copies each is multiplied once, see
///     ``Variable/mappingRows(_:)``.
///   - own: What queries are made of [queries, inputs], if the weights have them apart; else they
///     are x's.
///   - prompt: The layer's prompts, if any.
///   - bias: Biases by distance, if any; the kernel must know the queries' places.
///   - rotation: By what queries and keys are turned at their places, if they are; rounded before
///     and after. The kernel must know the queries' places, and no rows may share keys.
/// - Returns: y [queries, outputs].
public func attention(
  _ kernel: AttentionKernel, between weights: AttentionWeights, of x: Variable,
  queriesOf own: Variable? = nil, prompt: DeepPrompt?, bias: BiasLines? = nil,
  rotation: RotationTable? = nil
) -> Variable {
  precondition((own == nil) == (weights.queries == nil), "Queries of their own need both.")
  let tape = Tape.common([x, own, bias?.lines] + (prompt?.variables ?? []))
  let inputs = weights.inputs(x, own?.value, width: kernel.width)
  let turns = rotation.map { Turns(kernel, $0, areApart: own != nil) }
  turns?.turn(inputs, .forward)
  let logSums = tape.map { _ in Tensor(uninitialized: [kernel.queryCount, kernel.heads]) }
  let heard = kernel.forward(
    inputs, prefix: prompt?.prefix, bias: bias?.bias, logSums: logSums?.buffer)
  let y = Tensor(uninitialized: [kernel.queryCount, weights.output.outputs])
  weights.output.multiply(heard, into: y.buffer)
  guard let tape, let logSums else { return Variable(y) }
  return tape.record(y) { [x = Heard(x), own = own?.adjoint] dy in
    let gradients = x.isRecorded || own != nil ? weights.gradients(like: inputs) : nil
    kernel.pullBack(
      AttentionKernel.RoundedPullback(
        of: weights.output.roundedProductTransposed(dy.buffer, rows: dy.rows),
        logSums: logSums.buffer, prefix: prompt?.gradients ?? [],
        bias: bias?.lines.adjoint?.owned().buffer),
      inputs: inputs, prefix: prompt?.prefix, bias: bias?.bias, into: gradients)
    guard let gradients else { return }
    turns?.turn(gradients, .backward)
    x.pullBack(gradients.keys.matrix, through: weights.heard.weight)
    if let queries = weights.queries {
      pullBack(gradients.queries.matrix, through: queries.weight, to: own)
    }
  }
}

// How the heads of queries and keys are turned, where those stand: in one matrix, or in two.
private struct Turns {
  let heads: Int
  let keys: Rotation
  let queries: Rotation?  // nil: beside the keys, as many

  init(_ kernel: AttentionKernel, _ table: RotationTable, areApart: Bool) {
    heads = kernel.heads
    keys = Rotation(table, places: kernel.keys.places)
    queries = areApart ? Rotation(table, places: kernel.queryPlaces ?? []) : nil
  }

  func turn(_ inputs: AttentionKernel.RoundedInputs, _ direction: RotationDirection) {
    guard let queries else {
      return inputs.keys.matrix.rotate(heads: 2 * heads, by: keys, direction)
    }
    inputs.queries.matrix.rotate(heads: heads, by: queries, direction)
    inputs.keys.matrix.rotate(heads: heads, by: keys, direction)
  }
}

// Where the gradient of what is heard goes: to all of it, or to the rows that were copied, once.
private struct Heard {
  private let whole: Adjoint?
  private let copied: (slots: [Int32], rows: Int, adjoint: Adjoint?)?

  init(_ x: Variable) {
    whole = x.adjoint
    copied = x.assembly.flatMap { assembly in
      assembly.copied.map { (assembly.slots, $0.value.rows, $0.adjoint) }
    }
  }

  var isRecorded: Bool { whole != nil }

  func pullBack(_ dy: RoundedMatrix, through weight: PackedMatrix) {
    guard let copied else { return PrompterAutodiff.pullBack(dy, through: weight, to: whole) }
    let dx = Tensor(uninitialized: [copied.rows, weight.inputs])
    weight.multiplyTransposed(
      dy.sumsOfCopies(copied.slots, count: copied.rows), rows: copied.rows, into: dx.buffer)
    copied.adjoint?.accumulate(dx, isGiven: true)
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
    _ x: Variable, _ own: Tensor?, width: Int
  ) -> AttentionKernel.RoundedInputs {
    let all =
      x.assembly.map {
        let constants = rounded(heard, $0.constants.value)
        return RoundedMatrix(
          assembling: $0.slots, constants: constants,
          copied: $0.copied.map { rounded(heard, $0.value) } ?? constants)
      } ?? rounded(heard, x.value)
    guard let queries, let own else { return inputs(all, all, first: width, width) }
    return inputs(rounded(queries, own), all, first: 0, width)
  }

  private func rounded(_ layer: Projections, _ x: Tensor) -> RoundedMatrix {
    layer.weight.roundedProduct(x.buffer, rows: x.rows, adding: layer.bias)
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
