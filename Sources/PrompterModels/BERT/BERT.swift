// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterCheckpoint
public import PrompterCore
public import PrompterKernels
public import PrompterNN
public import PrompterTensor

/// BERT (Devlin and others 2019): a bidirectional transformer encoder of any size.
///
/// Embeddings of words, positions and segments are summed and normalised; each block is
/// self-attention and a two-layer perceptron with GELU, each followed by a residual and a layer
/// norm.
public struct BERT: Backbone {
  /// The shape.
  public let configuration: Configuration

  private let embeddings: Embeddings
  private let blocks: [Block]
  private let pooler: Linear?

  /// Reads a backbone from weights as transformers names them, with or without the prefix `bert.`.
  ///
  /// - Parameters:
  ///   - weights: All weights of a folder.
  ///   - configuration: The shape that the weights must have.
  ///   - isTrained: Whether training changes the weights; frozen ones are packed.
  ///   - replacements: Weights that stand in for the file's, by their names without `bert.`.
  ///   - precision: What the factors of products with weights are.
  /// - Throws: ``CheckpointError`` if a weight is missing or has another shape.
  public init(
    from weights: Weights, _ configuration: Configuration, isTrained: Bool = false,
    replacing replacements: [String: Tensor] = [:], precision: Precision = .float32
  ) throws {
    try configuration.check(weights)
    let weights = try Self.ownWeights(of: weights)
    let loader = ParameterLoader(
      weights: weights, isTrained: isTrained, precision: precision, replacements: replacements)
    self.configuration = configuration
    embeddings = try Embeddings(from: loader["embeddings"], configuration)
    blocks = try (0..<configuration.layerCount).map {
      try Block(
        from: loader["encoder.layer.\($0)"], configuration,
        isLast: $0 == configuration.layerCount - 1)
    }
    let width = configuration.width
    pooler =
      weights.containsScope("pooler")
      ? try loader["pooler.dense"].linear(outputs: width, inputs: width) : nil
  }

  /// A folder's weights under this family's names.
  static func ownWeights(of weights: Weights) throws -> Weights {
    try weights.underStandardNames().withoutPrefix(BERTFamily.weightScope)
  }

  /// The number of values in a hidden state.
  public var width: Int { configuration.width }
  /// The number of blocks.
  public var layerCount: Int { configuration.layerCount }
  /// The number of attention heads in each block.
  public var headCount: Int { configuration.headCount }
  /// The number of positions.
  public var positionLimit: Int? { configuration.positionCount }
  /// The number of segments.
  public var segmentLimit: Int? { configuration.segmentCount }
  /// The number of tokens.
  public var vocabularyCount: Int { configuration.vocabularyCount }
  /// The dropout of hidden states in pretraining.
  public var trainedDropout: Float { configuration.hiddenDropout }
  /// Whether the checkpoint has a pooler.
  public var hasPooler: Bool { pooler != nil }
  /// The number of weights, the pooler's included.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.shape.count } }
  /// All weights, if they are trained.
  public var trainedParameters: [Parameter] { parameters.filter(\.isTrained) }

  private var parameters: [Parameter] {
    embeddings.parameters + blocks.flatMap(\.parameters) + (pooler?.parameters ?? [])
  }

  /// A frozen weight that is not finite, if one was met; see ``Backbone``.
  public var unusableWeight: UnusableWeight? {
    let layers = blocks.lazy.flatMap(\.linearMaps)
    return layers.compactMap(\.unusableWeight).first ?? pooler?.linearMap.unusableWeight
  }

  /// Words, positions and segments, summed and normalised; see ``Backbone``.
  public func embeddings(
    of batch: Batch, prompts: PromptState, dropout: Float, in pass: Pass
  ) -> Variable {
    embeddings(batch, prompts, dropout, pass)
  }

  /// What some blocks make of hidden states; see ``Backbone``.
  public func hiddenStates(
    through layers: Range<Int>, from states: Variable, of batch: Batch, prompts: PromptState,
    reading: Reading, dropout: Float, in pass: Pass
  ) -> Variable {
    layers.reduce(states) { x, layer in
      blocks[layer](
        x, batch, prompt: prompts.deepPrompt(layer: layer, for: batch, in: pass),
        reading: layer == layers.upperBound - 1 ? reading : .all, dropout, pass)
    }
  }

  /// tanh of the pooler's linear layer; the hidden states themselves if there is no pooler.
  public func pooled(_ hidden: Variable, in pass: Pass) -> Variable {
    guard let pooler else { return hidden }
    return tanh(pooler(hidden, in: pass))
  }

  /// The word embeddings of some tokens [ids, width].
  public func wordEmbeddings(of ids: [Int32]) -> Tensor {
    rows(ids, of: Variable(embeddings.words.value)).value
  }
}

/// Words, positions and segments, summed and normalised.
private struct Embeddings: Sendable {
  let words: Parameter
  let positions: Parameter
  let segments: Parameter
  let norm: LayerNorm

  init(from loader: ParameterLoader, _ c: BERT.Configuration) throws {
    words = try loader.parameter("word_embeddings.weight", [c.vocabularyCount, c.width])
    positions = try loader.table("position_embeddings.weight", [c.positionCount, c.width])
    segments = try loader.table("token_type_embeddings.weight", [c.segmentCount, c.width])
    norm = try loader["LayerNorm"].layerNorm(width: c.width, epsilon: c.epsilon)
  }

  var parameters: [Parameter] { [words, positions, segments] + norm.parameters }

  func callAsFunction(
    _ batch: Batch, _ prompts: PromptState, _ dropout: Float, _ pass: Pass
  ) -> Variable {
    let (slots, virtualTokens) = (prompts.embeddingSlots(of: batch), prompts.input?.vectors)
    guard pass.dropout(dropout) == nil else {
      return dropped(normalized(slots, virtualTokens, pass), dropout, batch.slotKeys, pass)
    }
    return assembled(slots, virtualTokens: virtualTokens) { normalized($0, $1, pass) }
  }

  private func normalized(
    _ slots: EmbeddingSlots, _ virtualTokens: Variable?, _ pass: Pass
  ) -> Variable {
    norm(
      embedding(
        slots, tokens: pass(words), virtualTokens: virtualTokens, positions: pass(positions),
        segments: pass(segments)), in: pass)
  }
}

/// A transformer block: attention, then a two-layer perceptron, each with a residual and a norm.
private struct Block: Sendable {
  let projections: Linear  // queries, keys and values side by side
  let parts: (queries: Linear, heard: Linear)?  // the same apart, in a frozen model's last block
  let attended: Linear
  let weights: (joined: AttentionWeights?, apart: AttentionWeights?)  // of these, if they round
  let attentionNorm: LayerNorm
  let inner: Linear
  let outer: Linear
  let perceptron: Perceptron  // of these two
  let norm: LayerNorm
  let heads: Int
  let attentionDropout: Float

  init(
    from loader: ParameterLoader, _ c: BERT.Configuration, isLast: Bool
  ) throws {
    heads = c.headCount
    attentionDropout = c.attentionDropout
    let own = loader["attention.self"]
    projections = try own.joinedLinear(
      ["query", "key", "value"], outputs: c.width, inputs: c.width)
    parts =
      isLast && !loader.isTrained
      ? (
        try own["query"].linear(outputs: c.width, inputs: c.width),
        try own.joinedLinear(["key", "value"], outputs: c.width, inputs: c.width)
      ) : nil
    attended = try loader["attention.output.dense"].linear(outputs: c.width, inputs: c.width)
    let output = attended.linearMap
    weights = (
      AttentionWeights(heard: projections, output: output),
      parts.flatMap {
        AttentionWeights(heard: $0.heard, queries: $0.queries, output: output)
      }
    )
    attentionNorm = try loader["attention.output.LayerNorm"].layerNorm(
      width: c.width, epsilon: c.epsilon)
    inner = try loader["intermediate.dense"].linear(outputs: c.innerWidth, inputs: c.width)
    outer = try loader["output.dense"].linear(outputs: c.width, inputs: c.innerWidth)
    perceptron = Perceptron(inner: inner, activation: c.activation, outer: outer)
    norm = try loader["output.LayerNorm"].layerNorm(width: c.width, epsilon: c.epsilon)
  }

  var linearMaps: [LinearMap] {
    [projections, parts?.queries, parts?.heard, attended, inner, outer].compactMap { $0?.linearMap }
  }

  var parameters: [Parameter] {
    projections.parameters + attended.parameters + attentionNorm.parameters + inner.parameters
      + outer.parameters + norm.parameters
  }

  func callAsFunction(
    _ x: Variable, _ batch: Batch, prompt: DeepPrompt?, reading: Reading, _ dropout: Float,
    _ pass: Pass
  ) -> Variable {
    var (residual, keys, offsets) = (x, batch.slotKeys, batch.offsets)
    var slots: [Int32]?
    if case .slots(let read) = reading {
      // Whatever no head reads is not computed: no other queries are left.
      slots = read
      residual = rows(read, of: x)
      offsets = batch.offsets(of: read)
      keys = read.map { keys[Int($0)] }
    }
    let width = residual.value.columns
    let kernel = AttentionKernel(
      heads: heads, size: width / heads, scale: 1 / Float(width / heads).squareRoot(),
      queryOffsets: offsets, keyOffsets: batch.offsets,
      dropout: pass.dropout(dropout > 0 ? attentionDropout : 0).map { ($0, batch.numbers) })
    let heard = heard(kernel, x, reading: slots, of: residual, prompt: prompt, pass)
    let middle = added(heard, attended.bias, to: residual, attentionNorm, dropout, keys, pass)
    return added(
      perceptron(middle, in: pass), outer.bias, to: middle, norm, dropout, keys, pass)
  }

  // What slots hear of each other, through the weight after it.
  private func heard(
    _ kernel: AttentionKernel, _ x: Variable, reading slots: [Int32]?, of own: Variable,
    prompt: DeepPrompt?, _ pass: Pass
  ) -> Variable {
    if slots == nil, let joined = weights.joined {
      return attention(kernel, between: joined, of: x, prompt: prompt)
    }
    if slots != nil, let apart = weights.apart {
      return attention(kernel, between: apart, of: x, queriesOf: own, prompt: prompt)
    }
    let (queries, heardOf) = projected(x, reading: slots, of: own, pass)
    let heard = attention(
      kernel, queries: queries, keys: heardOf.keys, values: heardOf.values, prompt: prompt)
    return attended.product(heard, in: pass)
  }

  // Keys and values of all slots; queries of all as well, or of those that are read, where x is
  // `own`.
  private func projected(
    _ x: Variable, reading slots: [Int32]?, of own: Variable, _ pass: Pass
  ) -> (queries: Projection, heard: KeysAndValues) {
    let width = x.value.columns
    if slots != nil, let parts {
      return (
        Projection(parts.queries(own, in: pass), column: 0),
        KeysAndValues(parts.heard(x, in: pass), from: 0, width: width)
      )
    }
    let all = x.mappingRows { projections($0, in: pass) }
    let queries = slots.map { rows($0, of: all) } ?? all
    return (Projection(queries, column: 0), KeysAndValues(all, from: width, width: width))
  }

  // norm(residual + dropout(x + bias)).
  private func added(
    _ x: Variable, _ bias: Parameter, to residual: Variable, _ norm: LayerNorm, _ dropout: Float,
    _ keys: [UInt32], _ pass: Pass
  ) -> Variable {
    guard pass.tape != nil, dropout > 0 else {
      return norm(x, bias: bias, residual: residual, in: pass)
    }
    let sum = addBias(x, pass(bias))
    return norm(dropped(sum, dropout, keys, pass), residual: residual, in: pass)
  }
}

private func dropped(
  _ x: Variable, _ probability: Float, _ keys: [UInt32], _ pass: Pass
) -> Variable {
  guard let dropout = pass.dropout(probability) else { return x }
  return drop(x, by: dropout, rowKeys: keys)
}
