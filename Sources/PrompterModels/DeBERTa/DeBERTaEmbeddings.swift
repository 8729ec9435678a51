// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterNN
internal import PrompterTensor

/// Words and, where the model adds them, positions and segments; made as wide as states, if they
/// are not, and normalised.
struct DeBERTaEmbeddings: Sendable {
  let words: Parameter
  let positions: Parameter?
  let segments: Parameter?
  let projection: LinearMap?
  let norm: LayerNorm
  private let nothing: Parameter  // zeros, for what a model does not add

  init(from loader: ParameterLoader, _ c: DeBERTaV2.Configuration) throws {
    let width = c.embeddingWidth
    words = try loader.parameter("word_embeddings.weight", [c.vocabularyCount, width])
    positions = try c.positionCount.map {
      try loader.table("position_embeddings.weight", [$0, width])
    }
    segments = try c.segmentCount.map {
      try loader.table("token_type_embeddings.weight", [$0, width])
    }
    projection =
      width == c.width ? nil : try loader.linearMap("embed_proj", outputs: c.width, inputs: width)
    norm = try loader["LayerNorm"].layerNorm(width: c.width, epsilon: c.epsilon)
    nothing = Parameter("nothing", Tensor(zeros: [1, width]), isTrained: false)
  }

  var parameters: [Parameter] {
    [words] + [positions, segments].compactMap(\.self) + (projection?.parameters ?? [])
      + norm.parameters
  }

  func callAsFunction(
    _ batch: Batch, _ prompts: PromptState, _ dropout: Float, _ pass: Pass
  ) -> Variable {
    let (slots, virtualTokens) = (slots(of: batch, prompts), prompts.input?.vectors)
    guard pass.dropout(dropout) == nil else {
      return dropped(normalized(slots, virtualTokens, pass), dropout, batch.slotKeys, pass)
    }
    return assembled(slots, virtualTokens: virtualTokens) { normalized($0, $1, pass) }
  }

  // Where the slots' vectors come from, in the tables as this model has them.
  private func slots(of batch: Batch, _ prompts: PromptState) -> EmbeddingSlots {
    let slots = prompts.embeddingSlots(of: batch)
    let nowhere = [Int32](repeating: 0, count: slots.tokens.count)
    return EmbeddingSlots(
      tokens: slots.tokens, positions: positions == nil ? nowhere : slots.positions,
      segments: segments == nil ? nowhere : slots.segments)
  }

  private func normalized(
    _ slots: EmbeddingSlots, _ virtualTokens: Variable?, _ pass: Pass
  ) -> Variable {
    let sum =
      positions == nil && segments == nil
      ? embedding(slots.tokens, tokens: pass(words), virtualTokens: virtualTokens)
      : embedding(
        slots, tokens: pass(words), virtualTokens: virtualTokens,
        positions: pass(positions ?? nothing), segments: pass(segments ?? nothing))
    return norm(projection.map { $0(sum, in: pass) } ?? sum, in: pass)
  }
}
