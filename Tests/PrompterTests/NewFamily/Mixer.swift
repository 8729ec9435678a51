// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCore
import PrompterKernels
import PrompterNN
import PrompterTensor

@testable import PrompterModels

/// A tiny encoder: words, then layers that mix them and do nothing else.
///
/// x ← norm(x + O attention(Q x, K x, V x)), prompts' keys and values before those of the words.
struct Mixer: Backbone {
  let configuration: Configuration

  let words: Parameter
  private let layers: [MixingLayer]

  init(from loader: ParameterLoader, _ configuration: Configuration) throws {
    self.configuration = configuration
    words = try loader.parameter(
      "words.weight", [configuration.vocabularyCount, configuration.width])
    layers = try (0..<configuration.layerCount).map {
      try MixingLayer(from: loader["layer.\($0)"], configuration)
    }
  }

  var width: Int { configuration.width }
  var layerCount: Int { configuration.layerCount }
  var headCount: Int { configuration.headCount }
  var positionLimit: Int? { nil }
  var vocabularyCount: Int { configuration.vocabularyCount }
  var trainedDropout: Float { 0 }
  var hasPooler: Bool { false }

  var parameters: [Parameter] { [words] + layers.flatMap(\.parameters) }

  func embeddings(
    of batch: Batch, prompts: PromptState, dropout: Float, in pass: Pass
  ) -> Variable {
    embedding(
      prompts.tokens(of: batch), tokens: pass(words), virtualTokens: prompts.input?.vectors)
  }

  func hiddenStates(
    through layers: Range<Int>, from states: Variable, of batch: Batch, prompts: PromptState,
    reading: Reading, dropout: Float, in pass: Pass
  ) -> Variable {
    layers.reduce(states) { x, layer in
      self.layers[layer](
        x, batch, prompt: prompts.deepPrompt(layer: layer, for: batch, in: pass),
        reading: layer == layers.upperBound - 1 ? reading : .all, pass)
    }
  }

  func pooled(_ hidden: Variable, in pass: Pass) -> Variable { hidden }
}

/// Attention with a residual and a norm.
private struct MixingLayer: Sendable {
  let projections: Linear  // queries, keys and values side by side
  let output: Linear
  let norm: LayerNorm
  let heads: Int

  init(from loader: ParameterLoader, _ c: Mixer.Configuration) throws {
    projections = try loader.joinedLinear(
      ["query", "key", "value"], outputs: c.width, inputs: c.width)
    output = try loader["output"].linear(outputs: c.width, inputs: c.width)
    norm = try loader["norm"].layerNorm(width: c.width, epsilon: 1e-6)
    heads = c.headCount
  }

  var parameters: [Parameter] { projections.parameters + output.parameters + norm.parameters }

  func callAsFunction(
    _ x: Variable, _ batch: Batch, prompt: DeepPrompt?, reading: Reading, _ pass: Pass
  ) -> Variable {
    let (width, projected) = (x.value.columns, projections(x, in: pass))
    var (residual, queries, offsets) = (x, projected, batch.offsets)
    if case .slots(let read) = reading {
      (residual, queries) = (rows(read, of: x), rows(read, of: projected))
      offsets = batch.offsets(of: read)
    }
    let kernel = AttentionKernel(
      heads: heads, size: width / heads, scale: 1 / Float(width / heads).squareRoot(),
      queryOffsets: offsets, keyOffsets: batch.offsets)
    let mixed = attention(
      kernel, queries: Projection(queries, column: 0), keys: Projection(projected, column: width),
      values: Projection(projected, column: 2 * width), prompt: prompt)
    return norm(
      output.product(mixed, in: pass), bias: output.bias, residual: residual, in: pass)
  }
}
