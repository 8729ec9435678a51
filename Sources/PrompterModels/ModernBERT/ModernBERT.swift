// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterCheckpoint
public import PrompterCore
public import PrompterKernels
public import PrompterNN
public import PrompterTensor

/// ModernBERT (Warner and others 2024): a bidirectional encoder with rotary positions, of which
/// most layers hear only what stands near.
///
/// Also Ettin's encoders and mmBERT. Word embeddings are normalised; before each attention and each
/// gated perceptron stands a norm, the first layer's attention aside, and one stands behind the
/// last layer. Positions enter by turning queries and keys (Su and others 2021).
///
/// A deep prompt's keys are not turned and stand before every token's window, so each token sees
/// them. Texts count places from 0 under every prompt: only differences of places matter, and how a
/// prompt's keys stand to the text is learnt with them, for to turn them all by some places is the
/// same as to learn other keys. An input prompt's virtual tokens are tokens like others: they have
/// places, and windows.
public struct ModernBERT: Backbone {
  /// The shape.
  public let configuration: Configuration

  /// The table of word embeddings.
  public let words: Parameter
  private let wordNorm: LayerNorm
  private let blocks: [ModernBERTBlock]
  private let norm: LayerNorm
  private let head: Head?

  /// The masked-language-model head, if the checkpoint has one.
  public let maskedLanguageHead: MaskedLanguageHead?

  /// Reads a backbone from weights as transformers names them, with or without the prefix `model.`.
  ///
  /// - Parameters:
  ///   - weights: All weights of a folder.
  ///   - configuration: The shape that the weights must have.
  ///   - isTrained: Whether training changes the weights; frozen ones are packed.
  ///   - replacements: Weights that stand in for the file's, by their names without `model.`.
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
    words = try loader.parameter(
      "embeddings.tok_embeddings.weight", [configuration.vocabularyCount, configuration.width])
    wordNorm = try loader["embeddings.norm"].norm(configuration)
    blocks = try (0..<configuration.layerCount).map {
      try ModernBERTBlock(from: loader["layers.\($0)"], configuration, index: $0)
    }
    norm = try loader["final_norm"].norm(configuration)
    head =
      configuration.hasPooler(in: weights) ? try Head(from: loader["head"], configuration) : nil
    // Who does not ask for words need not know that a file has but parts of a head.
    maskedLanguageHead = try? Self.maskedLanguageHead(
      of: ParameterLoader(weights: weights, isTrained: false), configuration, words: words)
  }

  // The same layer as before a classifier's head, and a decoder.
  private static func maskedLanguageHead(
    of loader: ParameterLoader, _ configuration: Configuration, words: Parameter
  ) throws -> MaskedLanguageHead? {
    let (weights, bias) = (loader.weights, "decoder.bias")
    guard configuration.hasPooler(in: weights), weights.contains(bias) else { return nil }
    let head = try Head(from: loader["head"], configuration)
    let count = configuration.vocabularyCount
    return MaskedLanguageHead(
      decoder: weights.contains("decoder.weight")
        ? try loader.parameter("decoder.weight", [count, configuration.width]) : words,
      bias: try loader.parameter(bias, [count])
    ) { hidden, pass in head(hidden, in: pass) }
  }

  /// A folder's weights under this family's names.
  ///
  /// The layer before a head stands beside the model in files: the prefix alone is taken away.
  static func ownWeights(of weights: Weights) throws -> Weights {
    let prefix = ModernBERTFamily.weightScope.map { $0 + "." } ?? ""
    return try weights.underStandardNames().renamed {
      $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0
    }
  }

  /// The number of values in a hidden state.
  public var width: Int { configuration.width }
  /// The number of blocks.
  public var layerCount: Int { configuration.layerCount }
  /// The number of attention heads in each block.
  public var headCount: Int { configuration.headCount }
  /// The number of positions that the model was trained on.
  public var positionLimit: Int? { configuration.positionCount }
  /// The number of tokens.
  public var vocabularyCount: Int { configuration.vocabularyCount }
  /// The dropout of pretraining inside the perceptron.
  public var trainedDropout: Float { configuration.perceptronDropout }
  /// Whether the checkpoint has a layer between [CLS] and a head.
  public var hasPooler: Bool { head != nil }
  /// All weights, those of the layer before a head included.
  public var parameters: [Parameter] {
    [words] + wordNorm.parameters + blocks.flatMap(\.parameters) + norm.parameters
      + (head?.parameters ?? [])
  }

  /// A frozen weight that is not finite, if one was met; see ``Backbone``.
  public var unusableWeight: UnusableWeight? {
    let layers = blocks.lazy.flatMap(\.linearMaps)
    return layers.compactMap(\.unusableWeight).first ?? head?.dense.map.unusableWeight
  }

  /// Words and virtual tokens, normalised; see ``Backbone``.
  public func embeddings(
    of batch: Batch, prompts: PromptState, dropout: Float, in pass: Pass
  ) -> Variable {
    let tokens = prompts.tokens(of: batch)
    let nowhere = [Int32](repeating: 0, count: tokens.count)
    let slots = EmbeddingSlots(tokens: tokens, positions: nowhere, segments: nowhere)
    func vectors(_ slots: EmbeddingSlots, _ virtualTokens: Variable?) -> Variable {
      wordNorm(
        embedding(slots.tokens, tokens: pass(words), virtualTokens: virtualTokens), in: pass)
    }
    guard pass.dropout(dropout) == nil else {
      return LayerSetting(pass: pass, dropout: dropout, numbers: batch.numbers)
        .dropped(
          vectors(slots, prompts.input?.vectors),
          LayerSlots(offsets: batch.offsets, keys: batch.slotKeys))
    }
    return assembled(slots, virtualTokens: prompts.input?.vectors, by: vectors)
  }

  /// What some blocks make of hidden states; see ``Backbone``.
  public func hiddenStates(
    through layers: Range<Int>, from states: Variable, of batch: Batch, prompts: PromptState,
    reading: Reading, dropout: Float, in pass: Pass
  ) -> Variable {
    let setting = LayerSetting(pass: pass, dropout: dropout, numbers: batch.numbers)
    let all = LayerSlots(offsets: batch.offsets, keys: batch.slotKeys)
    var read = all
    if case .slots(let slots) = reading {
      // Whatever no head reads is not computed: no other queries are left.
      read = all.reading(slots, offsets: batch.offsets(of: slots))
    }
    let rotations = rotations(of: layers, upTo: Int(all.places.max() ?? 0) + 1)
    var stream = LayerStream(sum: states)
    for layer in layers {
      stream = blocks[layer](
        stream, all, reading: layer == layers.upperBound - 1 ? read : all,
        prompt: prompts.deepPrompt(layer: layer, for: batch, in: pass),
        rotation: rotations[configuration.layers[layer].base], setting)
    }
    let (sum, hidden) = norm(stream.sum, adding: stream.pending, in: pass)
    return layers.upperBound == blocks.count ? hidden : sum
  }

  // The angles of the layers' kinds, by their bases.
  private func rotations(of layers: Range<Int>, upTo count: Int) -> [Float: RotationTable] {
    let bases = Set(configuration.layers[layers].map(\.base))
    return Dictionary(
      uniqueKeysWithValues: bases.map {
        ($0, RotationTable(size: configuration.headSize, base: $0, count: count))
      })
  }

  /// The layer before a published head; the hidden states themselves if there is none.
  public func pooled(_ hidden: Variable, in pass: Pass) -> Variable {
    head?(hidden, in: pass) ?? hidden
  }
}

extension ModernBERT {
  /// What stands between [CLS] and a published head, or between a masked word and its decoder:
  /// normal(activation(x Wᵀ)).
  fileprivate struct Head: Sendable {
    let dense: ModernBERTMap
    let norm: LayerNorm
    let activation: Activation

    init(from loader: ParameterLoader, _ c: Configuration) throws {
      dense = try ModernBERTMap(
        from: loader["dense"], outputs: c.width, inputs: c.width, hasBias: c.biases.head)
      norm = try loader["norm"].norm(c)
      activation = c.headActivation
    }

    var parameters: [Parameter] { dense.parameters + norm.parameters }

    func callAsFunction(_ x: Variable, in pass: Pass) -> Variable {
      norm(
        activate(dense.map(x, in: pass), bias: dense.bias.map { pass($0) }, by: activation),
        in: pass)
    }
  }
}
