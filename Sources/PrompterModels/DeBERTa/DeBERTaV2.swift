// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterCheckpoint
public import PrompterCore
public import PrompterKernels
public import PrompterNN
public import PrompterTensor

/// DeBERTa of versions 2 and 3 (He and others 2021, 2023), of any size.
///
/// Words are embedded and normalised, as a rule without positions. In each layer, scores are the
/// sum of content with content, content with relative positions and positions with content: for
/// query i and key j of a row with d = i − j,
/// (q·k + q·kₚ[d] + k·qₚ[d]) / √(size (1 + kinds of terms with positions)). kₚ and qₚ are
/// projections of one table that all layers share, by the layer's own query and key or by others.
/// Larger models of version 2 have a convolution beside the first layer.
///
/// A deep prompt's keys are seen by every query and have no place in the row: their scores are
/// q·k alone, scaled as all are. An input prompt's virtual tokens are slots of the row like words,
/// at distances and in the convolution too.
public struct DeBERTaV2: Backbone {
  /// The shape.
  public let configuration: Configuration

  private let embeddings: EncoderEmbeddings
  private let positions: DeBERTaPositions?
  private let layers: [Layer]
  private let convolution: DeBERTaConvolution?
  private let pooler: Linear?

  private struct Layer: Sendable {
    let block: EncoderBlock
    let projections: DeBERTaProjections
  }

  /// Reads a backbone from weights as transformers names them, with or without the prefix
  /// `deberta.`.
  ///
  /// - Parameters:
  ///   - weights: All weights of a folder.
  ///   - configuration: The shape that the weights must have.
  ///   - isTrained: Whether training changes the weights; frozen ones are packed.
  ///   - replacements: Weights that stand in for the file's, by their names without `deberta.`.
  ///   - precision: What the factors of products with weights are.
  /// - Throws: ``CheckpointError`` if a weight is missing or has another shape.
  public init(
    from weights: Weights, _ configuration: Configuration, isTrained: Bool = false,
    replacing replacements: [String: Tensor] = [:], precision: Precision = .float32
  ) throws {
    try configuration.check(weights)
    func loader(of weights: Weights) -> ParameterLoader {
      ParameterLoader(
        weights: weights, isTrained: isTrained, precision: precision, replacements: replacements)
    }
    let model = loader(of: try Self.ownWeights(of: weights))
    let encoder = model["encoder"]
    self.configuration = configuration
    let design = configuration.design
    embeddings = try EncoderEmbeddings(from: model, design)
    positions = try DeBERTaPositions(from: encoder, configuration)
    let count = configuration.layerCount
    layers = try (0..<count).map { index in
      let layer = encoder["layer.\(index)"]
      return Layer(
        block: try EncoderBlock(from: layer, design, isLast: index == count - 1),
        projections: try DeBERTaProjections(from: layer["attention.self"], configuration))
    }
    convolution = try DeBERTaConvolution(from: encoder["conv"], configuration)
    pooler =
      configuration.hasPooler(in: weights)
      ? try loader(of: weights.underStandardNames())["pooler.dense"].linear(
        outputs: configuration.width, inputs: configuration.width) : nil
  }

  /// A folder's weights under this family's names.
  static func ownWeights(of weights: Weights) throws -> Weights {
    try weights.underStandardNames().withoutPrefix(DeBERTaV2Family.weightScope)
  }

  /// The number of values in a hidden state.
  public var width: Int { configuration.width }
  /// The number of values in the embedding of a word.
  public var embeddingWidth: Int { configuration.embeddingWidth }
  /// The number of layers.
  public var layerCount: Int { configuration.layerCount }
  /// The number of attention heads in each layer.
  public var headCount: Int { configuration.headCount }
  /// The number of positions that are added to words; nil where none are.
  public var positionLimit: Int? { configuration.positionLimit }
  /// The number of segments; nil where they are not looked at.
  public var segmentLimit: Int? { configuration.segmentLimit }
  /// The number of tokens.
  public var vocabularyCount: Int { configuration.vocabularyCount }
  /// The dropout of hidden states in pretraining.
  public var trainedDropout: Float { configuration.hiddenDropout }
  /// Whether the checkpoint has a classifier's pooler.
  public var hasPooler: Bool { pooler != nil }
  /// The table of word embeddings.
  public var words: Parameter { embeddings.words }

  /// All weights, the pooler's included.
  public var parameters: [Parameter] {
    embeddings.parameters + (positions?.parameters ?? [])
      + layers.flatMap { $0.block.parameters + $0.projections.parameters }
      + (convolution?.parameters ?? []) + (pooler?.parameters ?? [])
  }

  /// A frozen weight that is not finite, if one was met; see ``Backbone``.
  public var unusableWeight: UnusableWeight? {
    let maps = layers.lazy.flatMap { layer in
      layer.block.linearMaps + [layer.projections.linearMap].compactMap(\.self)
    }
    let others = [embeddings.linearMap, convolution?.linearMap, pooler?.linearMap]
    return maps.compactMap(\.unusableWeight).first
      ?? others.lazy.compactMap { $0?.unusableWeight }.first
  }

  /// Words, normalised, with positions and segments where the model adds them; see ``Backbone``.
  public func embeddings(
    of batch: Batch, prompts: PromptState, dropout: Float, in pass: Pass
  ) -> Variable {
    embeddings(batch, prompts, dropout, pass)
  }

  /// What some layers make of hidden states; see ``Backbone``.
  public func hiddenStates(
    through layers: Range<Int>, from states: Variable, of batch: Batch, prompts: PromptState,
    reading: Reading, dropout: Float, in pass: Pass
  ) -> Variable {
    let seen = positions.map { ($0, $0.seen(by: batch, dropout: dropout, in: pass)) }
    return layers.reduce(states) { x, index in
      let layer = self.layers[index]
      let reading = index == layers.upperBound - 1 ? reading : .all
      let y = layer.block(
        x, batch, prompt: prompts.deepPrompt(layer: index, for: batch, in: pass),
        terms: ScoreTerms(
          positions: seen.map { positions, seen in
            layer.projections(positions, seen, of: layer.block.projections, in: pass)
          }), reading: reading, dropout, pass)
      guard index == 0, let convolution else { return y }
      return convolution(x, beside: y, of: batch, reading: reading, dropout, pass)
    }
  }

  /// The pooler's linear layer and activation; the hidden states themselves if there is no pooler.
  public func pooled(_ hidden: Variable, in pass: Pass) -> Variable {
    guard let pooler else { return hidden }
    return configuration.poolerActivation(pooler(hidden, in: pass))
  }
}

extension DeBERTaV2.Configuration {
  // What embeddings and blocks share with those of BERT's kind.
  fileprivate var design: EncoderDesign {
    EncoderDesign(
      width: width, layerCount: layerCount, headCount: headCount, innerWidth: innerWidth,
      vocabularyCount: vocabularyCount, positionCount: positionCount ?? 0,
      segmentCount: segmentCount, activation: activation, epsilon: epsilon,
      hiddenDropout: hiddenDropout, attentionDropout: attentionDropout,
      embeddingWidth: embeddingWidth, normalizesProjection: true, termCount: 1 + terms.count,
      names: EncoderNames(
        scope: "deberta", projections: ["query_proj", "key_proj", "value_proj"],
        projection: embeddingWidth == width ? nil : "embeddings.embed_proj"))
  }
}
