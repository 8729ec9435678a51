// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterNN
internal import PrompterTensor

/// Words, positions and segments, summed, normalised and, where they are of another width than
/// states, made into these by a linear layer.
struct EncoderEmbeddings: Sendable {
  let words: Parameter
  let positions: Parameter
  let segments: Parameter?  // nil where there are none
  let norm: LayerNorm
  let projection: Linear?
  private let firstPosition: Int32
  private let noSegment: Parameter  // zeros, for all slots of a model without segments

  init(from model: ParameterLoader, _ c: EncoderDesign) throws {
    let (loader, width) = (model["embeddings"], c.embeddingWidth)
    words = try loader.parameter("word_embeddings.weight", [c.vocabularyCount, width])
    positions = try loader.table("position_embeddings.weight", [c.positionCount, width])
    segments = try c.segmentCount.map {
      try loader.table("token_type_embeddings.weight", [$0, width])
    }
    norm = try loader["LayerNorm"].layerNorm(width: width, epsilon: c.epsilon)
    projection = try c.names.projection.map {
      try model[$0].linear(outputs: c.width, inputs: width)
    }
    firstPosition = Int32(c.firstPosition)
    noSegment = Parameter("no segment", Tensor(zeros: [1, width]), isTrained: false)
  }

  var parameters: [Parameter] {
    [words, positions] + [segments].compactMap(\.self) + norm.parameters
      + (projection?.parameters ?? [])
  }

  func callAsFunction(
    _ batch: Batch, _ prompts: PromptState, _ dropout: Float, _ pass: Pass
  ) -> Variable {
    let (slots, virtualTokens) = (slots(of: batch, prompts), prompts.input?.vectors)
    guard pass.dropout(dropout) == nil else {
      return projected(
        dropped(normalized(slots, virtualTokens, pass), dropout, batch.slotKeys, pass), pass)
    }
    return assembled(slots, virtualTokens: virtualTokens) {
      projected(normalized($0, $1, pass), pass)
    }
  }

  // Where the slots' vectors come from, in the tables as this model has them.
  private func slots(of batch: Batch, _ prompts: PromptState) -> EmbeddingSlots {
    let slots = prompts.embeddingSlots(of: batch)
    return EmbeddingSlots(
      tokens: slots.tokens, positions: positions(of: slots, in: batch),
      segments: segments == nil
        ? [Int32](repeating: 0, count: slots.segments.count) : slots.segments)
  }

  // Where positions begin after the padding's token, one that a text names has a row of its own and
  // is not counted, as in transformers.
  private func positions(of slots: EmbeddingSlots, in batch: Batch) -> [Int32] {
    guard firstPosition > 0 else { return slots.positions }
    let padding = firstPosition - 1
    var positions = slots.positions.map { $0 + firstPosition }
    guard slots.tokens.contains(padding) else { return positions }
    for (begin, end) in zip(batch.offsets, batch.offsets.dropFirst()) {
      var passed: Int32 = 0
      for slot in Int(begin)..<Int(end) {
        let isPadding = slots.tokens[slot] == padding
        passed += isPadding ? 1 : 0
        positions[slot] = isPadding ? padding : positions[slot] - passed
      }
    }
    return positions
  }

  private func projected(_ x: Variable, _ pass: Pass) -> Variable {
    projection?(x, in: pass) ?? x
  }

  private func normalized(
    _ slots: EmbeddingSlots, _ virtualTokens: Variable?, _ pass: Pass
  ) -> Variable {
    norm(
      embedding(
        slots, tokens: pass(words), virtualTokens: virtualTokens, positions: pass(positions),
        segments: pass(segments ?? noSegment)), in: pass)
  }
}
