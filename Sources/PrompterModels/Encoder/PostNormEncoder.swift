// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterCheckpoint
public import PrompterCore
public import PrompterKernels
public import PrompterNN
public import PrompterTensor

/// An encoder of BERT's kind (Devlin and others 2019), of any size: what BERT and most that came
/// after it compute.
///
/// Embeddings of words, positions and segments are summed and normalised; each block is
/// self-attention and a two-layer perceptron, each followed by a residual and a layer norm. What a
/// family has otherwise is in its ``EncoderDesign``.
public struct PostNormEncoder: Backbone {
  /// The shape.
  public let design: EncoderDesign

  private let embeddings: EncoderEmbeddings
  private let blocks: [EncoderBlock]  // one, where all layers are one
  private let distances: DistanceBiases?
  private let pooler: Linear?

  /// The masked-language-model head, if the checkpoint has one.
  public let maskedLanguageHead: MaskedLanguageHead?

  /// Reads a backbone from weights as transformers names them, with or without the
  /// family's prefix.
  ///
  /// - Parameters:
  ///   - weights: All weights of a folder.
  ///   - configuration: The shape that the weights must have.
  ///   - isTrained: Whether training changes the weights; frozen ones are packed.
  ///   - replacements: Weights that stand in for the file's, by their names without the
  ///     prefix.
  ///   - precision: What the factors of products with weights are.
  /// - Throws: ``CheckpointError`` if a weight is missing or has another shape.
  public init(
    from weights: Weights, _ configuration: some EncoderConfiguration, isTrained: Bool = false,
    replacing replacements: [String: Tensor] = [:], precision: Precision = .float32
  ) throws {
    let design = configuration.design
    try configuration.check(weights)
    let all = weights
    let weights = try design.ownWeights(of: weights)
    let loader = ParameterLoader(
      weights: weights, isTrained: isTrained, precision: precision, replacements: replacements)
    self.design = design
    embeddings = try EncoderEmbeddings(from: loader, design)
    distances = try design.names.distances.map { name in
      DistanceBiases(
        table: try loader[name].table("weight", [design.bucketCount, design.headCount]),
        isCausal: false, reach: 128)
    }
    let last = design.storedLayerCount - 1
    blocks = try (0...last).map {
      try EncoderBlock(from: loader[design.scope(ofLayer: $0)], design, isLast: $0 == last)
    }
    pooler = try design.names.pooler.flatMap { name in
      weights.containsScope(name)
        ? try loader[name].linear(outputs: design.width, inputs: design.width) : nil
    }
    // Who does not ask for words need not know that a file has but parts of a head.
    maskedLanguageHead = try? design.maskedLanguageHead(of: all, words: embeddings.words)
  }

  /// The number of values in a hidden state.
  public var width: Int { design.width }
  /// The number of values in the embedding of a word.
  public var embeddingWidth: Int { design.embeddingWidth }
  /// The number of blocks.
  public var layerCount: Int { design.layerCount }
  /// The number of attention heads in each block.
  public var headCount: Int { design.headCount }
  /// The number of positions.
  public var positionLimit: Int? { design.positionLimit }
  /// The number of segments.
  public var segmentLimit: Int? { design.segmentCount }
  /// The number of tokens.
  public var vocabularyCount: Int { design.vocabularyCount }
  /// The dropout of hidden states in pretraining.
  public var trainedDropout: Float { design.hiddenDropout }
  /// Whether the checkpoint has a pooler.
  public var hasPooler: Bool { pooler != nil }
  /// The table of word embeddings.
  public var words: Parameter { embeddings.words }

  /// All weights, the pooler's included.
  public var parameters: [Parameter] {
    embeddings.parameters + [distances?.table].compactMap(\.self) + blocks.flatMap(\.parameters)
      + (pooler?.parameters ?? [])
  }

  /// A frozen weight that is not finite, if one was met; see ``Backbone``.
  public var unusableWeight: UnusableWeight? {
    let layers = blocks.lazy.flatMap(\.linearMaps)
    return embeddings.linearMap?.unusableWeight
      ?? layers.compactMap(\.unusableWeight).first ?? pooler?.linearMap.unusableWeight
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
    let terms = ScoreTerms(bias: bias(for: batch, prompts, in: pass))
    return layers.reduce(states) { x, layer in
      blocks[design.sharesLayers ? 0 : layer](
        x, batch, prompt: prompts.deepPrompt(layer: layer, for: batch, in: pass), terms: terms,
        reading: layer == layers.upperBound - 1 ? reading : .all, dropout, pass)
    }
  }

  // By distance, as far as any row of the batch and its prompt reach: a prompt's keys stand right
  // before the row's first, as they do where positions are counted.
  private func bias(for batch: Batch, _ prompts: PromptState, in pass: Pass) -> BiasLines? {
    guard let distances else { return nil }
    let rows = zip(batch.offsets, batch.offsets.dropFirst()).map { Int($1 - $0) }
    let lengths = prompts.layers.flatMap { $0?.blocks ?? [] }.map { $0?.length ?? 0 }
    return distances(upTo: (rows.max() ?? 1) + (lengths.max() ?? 0) - 1, in: pass)
  }

  /// tanh of the pooler's linear layer; the hidden states themselves if there is no pooler.
  public func pooled(_ hidden: Variable, in pass: Pass) -> Variable {
    guard let pooler else { return hidden }
    return tanh(pooler(hidden, in: pass))
  }
}
