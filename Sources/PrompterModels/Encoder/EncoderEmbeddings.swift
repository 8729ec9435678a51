// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterNN
internal import PrompterTensor

/// Words and, where the model has them, positions and segments, summed, normalised and, where they
/// are of another width than states, made into these before or after the norm.
struct EncoderEmbeddings: Sendable {
  let words: Parameter
  private let positions: Parameter?
  private let segments: Parameter?
  private let norm: LayerNorm
  private let projection: Projection?
  private let firstPosition: Int32
  private let nothing: Parameter  // zeros, for what a model does not add

  private enum Projection: Sendable {
    case beforeNorm(LinearMap)
    case afterNorm(Linear)
  }

  init(from model: ParameterLoader, _ c: EncoderDesign) throws {
    let (loader, width) = (model["embeddings"], c.embeddingWidth)
    words = try loader.parameter("word_embeddings.weight", [c.vocabularyCount, width])
    positions =
      c.positionCount > 0
      ? try loader.table("position_embeddings.weight", [c.positionCount, width]) : nil
    segments = try c.segmentCount.map {
      try loader.table("token_type_embeddings.weight", [$0, width])
    }
    norm = try loader["LayerNorm"].layerNorm(
      width: c.normalizesProjection ? c.width : width, epsilon: c.epsilon)
    projection = try c.names.projection.map {
      c.normalizesProjection
        ? .beforeNorm(try model.linearMap($0, outputs: c.width, inputs: width))
        : .afterNorm(try model[$0].linear(outputs: c.width, inputs: width))
    }
    firstPosition = Int32(c.firstPosition)
    nothing = Parameter("nothing", Tensor(zeros: [1, width]), isTrained: false)
  }

  var parameters: [Parameter] {
    let tables = [words] + [positions, segments].compactMap(\.self)
    return switch projection {
    case .beforeNorm(let map): tables + map.parameters + norm.parameters
    case .afterNorm(let linear): tables + norm.parameters + linear.parameters
    case nil: tables + norm.parameters
    }
  }

  /// What makes states of embeddings of another width.
  var linearMap: LinearMap? {
    switch projection {
    case .beforeNorm(let map): map
    case .afterNorm(let linear): linear.linearMap
    case nil: nil
    }
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
    let nowhere = [Int32](repeating: 0, count: slots.tokens.count)
    return EmbeddingSlots(
      tokens: slots.tokens,
      positions: positions == nil ? nowhere : places(of: slots, in: batch),
      segments: segments == nil ? nowhere : slots.segments)
  }

  // Where positions begin after the padding's token, one that a text names has a row of its own and
  // is not counted, as in transformers.
  private func places(of slots: EmbeddingSlots, in batch: Batch) -> [Int32] {
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
    guard case .afterNorm(let linear) = projection else { return x }
    return linear(x, in: pass)
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
    guard case .beforeNorm(let map) = projection else { return norm(sum, in: pass) }
    return norm(map(sum, in: pass), in: pass)
  }
}
