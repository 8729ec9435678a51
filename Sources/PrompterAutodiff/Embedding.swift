// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// Where the vector of each slot of a batch comes from.
public struct EmbeddingSlots: Sendable {
  /// For each slot, a row of the token table, or −1 − i for row i of the virtual tokens.
  public let tokens: [Int32]
  /// For each slot, a row of the position table.
  public let positions: [Int32]
  /// For each slot, a row of the segment table.
  public let segments: [Int32]

  /// The origins of as many slots as each list has entries.
  public init(tokens: [Int32], positions: [Int32], segments: [Int32]) {
    precondition(
      tokens.count == positions.count && tokens.count == segments.count,
      "Every slot has a token, a position and a segment.")
    self.tokens = tokens
    self.positions = positions
    self.segments = segments
  }
}

/// x[s] = token or virtual token of slot s + its position + its segment.
///
/// Virtual tokens stand where words stand: positions, segments and the norm that follows apply to
/// them as to words (Lester and others 2021, section 2). The pullback adds dx[s] to every row it
/// came from whose gradient is wanted; with a frozen model those are the virtual tokens alone.
///
/// - Parameters:
///   - slots: The origin of each slot.
///   - tokens: [vocabulary, width].
///   - virtualTokens: [virtual tokens of all prompts, width], if any slot is virtual.
///   - positions: [position limit, width].
///   - segments: [segments, width].
/// - Returns: x [slots, width].
public func embedding(
  _ slots: EmbeddingSlots, tokens: Variable, virtualTokens: Variable?, positions: Variable,
  segments: Variable
) -> Variable {
  let x = Tensor(uninitialized: [slots.tokens.count, tokens.value.columns])
  Kernels.embed(
    tokens: slots.tokens, positions: slots.positions, segments: slots.segments,
    tables: EmbeddingTables(
      tokens: tokens.value.buffer, virtualTokens: virtualTokens?.value.buffer,
      positions: positions.value.buffer, segments: segments.value.buffer,
      width: tokens.value.columns),
    into: x.buffer)
  guard let tape = Tape.common(tokens, virtualTokens, positions, segments) else {
    return Variable(x)
  }
  return tape.record(x) {
    [
      tokens = tokens.adjoint, prompt = virtualTokens?.adjoint, positions = positions.adjoint,
      segments = segments.adjoint
    ] dx in
    tokens?.scatter(dx, to: slots.tokens)
    prompt?.scatter(dx, to: slots.tokens.map { -1 - $0 })
    positions?.scatter(dx, to: slots.positions)
    segments?.scatter(dx, to: slots.segments)
  }
}

/// x[s] = token or virtual token of slot s, for models that know positions otherwise.
///
/// - Parameters:
///   - slots: For each slot, a row of the token table, or −1 − i for row i of the virtual tokens.
///   - tokens: [vocabulary, width].
///   - virtualTokens: [virtual tokens of all prompts, width], if any slot is virtual.
/// - Returns: x [slots, width].
public func embedding(
  _ slots: [Int32], tokens: Variable, virtualTokens: Variable?
) -> Variable {
  let x = Tensor(uninitialized: [slots.count, tokens.value.columns])
  Kernels.embed(
    tokens: slots, words: tokens.value.buffer, virtualTokens: virtualTokens?.value.buffer,
    width: tokens.value.columns, into: x.buffer)
  guard let tape = Tape.common(tokens, virtualTokens) else { return Variable(x) }
  return tape.record(x) { [tokens = tokens.adjoint, prompt = virtualTokens?.adjoint] dx in
    tokens?.scatter(dx, to: slots)
    prompt?.scatter(dx, to: slots.map { -1 - $0 })
  }
}
