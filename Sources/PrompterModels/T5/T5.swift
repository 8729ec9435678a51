// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterCheckpoint
public import PrompterCore
public import PrompterKernels
public import PrompterNN
public import PrompterTensor

/// T5 (Raffel and others 2020): an encoder and a decoder of any size that turn text into text.
///
/// Also T5 1.1 and its LM-adapted form (Lester and others 2021), Flan-T5, mT5 and ByT5, which gate
/// the perceptron and have an output of their own. Before each attention and perceptron stands a
/// norm without offset; scores are not scaled, and positions enter only as biases by distance. As a
/// ``Backbone`` it is its encoder, whose states its decoder attends to.
public struct T5: Backbone {
  /// The shape.
  public let configuration: Configuration

  /// The table of word embeddings, which both stacks share.
  public let words: Parameter
  let encoder: T5Encoder
  let decoder: T5Decoder
  let output: LinearMap
  private let ownsOutput: Bool

  /// Reads a backbone from weights as transformers names them.
  ///
  /// - Parameters:
  ///   - weights: All weights of a folder.
  ///   - configuration: The shape that the weights must have.
  ///   - isTrained: Whether training changes the weights; frozen ones are packed.
  ///   - replacements: Weights that stand in for the file's, by their names.
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
    let shape: Shape = [configuration.vocabularyCount, configuration.width]
    self.configuration = configuration
    words = try loader.parameter(
      Self.embeddingName(of: weights, isTied: configuration.tiesOutput), shape)
    encoder = try T5Encoder(from: loader["encoder"], configuration)
    decoder = try T5Decoder(from: loader["decoder"], configuration)
    let final = try Self.outputWeight(from: loader, shape, words: words)
    output = LinearMap(weight: final, precision: precision)
    ownsOutput = final !== words
  }

  // The file's own output, unless it has none or merely repeats the embeddings.
  private static func outputWeight(
    from loader: ParameterLoader, _ shape: Shape, words: Parameter
  ) throws -> Parameter {
    guard loader.weights.contains(outputName) else { return words }
    let own = try loader.parameter(outputName, shape)
    return Kernels.areEqual(own.value.buffer, words.value.buffer) ? words : own
  }

  static let outputName = "lm_head.weight"

  /// The names of the embeddings that both stacks share.
  static let embeddingNames = [
    "shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight",
  ]

  // The first name of the embeddings that the file has, which may be that of an output tied to
  // them. Others are copies: transformers would give stacks tables of their own where they differ.
  private static func embeddingName(of weights: Weights, isTied: Bool) throws -> String {
    let names = embeddingNames.filter(weights.contains)
    guard let first = names.first else {
      return isTied && weights.contains(outputName) ? outputName : embeddingNames[0]
    }
    for other in names.dropFirst() where try !weights.areEqual(first, other) {
      throw CheckpointError.malformed(
        file: weights.place,
        reason: "`\(first)` and `\(other)` hold different values, and both stacks of a T5 share "
          + "their embeddings here")
    }
    return first
  }

  /// A folder's weights under this family's names.
  static func ownWeights(of weights: Weights) throws -> Weights {
    try weights.underStandardNames().withoutPrefix(T5Family.weightScope)
  }

  /// The number of values in a hidden state.
  public var width: Int { configuration.width }
  /// The number of values in a key of all heads.
  public var attentionWidth: Int { configuration.attentionWidth }
  /// The number of the encoder's layers.
  public var layerCount: Int { configuration.layerCount }
  /// The number of the decoder's layers.
  public var decoderLayerCount: Int { configuration.decoderLayerCount }
  /// The number of attention heads in each layer.
  public var headCount: Int { configuration.headCount }
  /// None: positions are distances.
  public var positionLimit: Int? { nil }
  /// The number of tokens.
  public var vocabularyCount: Int { configuration.vocabularyCount }
  /// The dropout of pretraining.
  public var trainedDropout: Float { configuration.dropout }
  /// Never.
  public var hasPooler: Bool { false }

  /// The number of layers of either stack.
  public func layerCount(of stack: PromptStack) -> Int {
    stack == .encoder ? layerCount : decoderLayerCount
  }

  /// All weights of both stacks.
  public var parameters: [Parameter] {
    [words] + encoder.parameters + decoder.parameters + (ownsOutput ? output.parameters : [])
  }

  /// A frozen weight that is not finite, if one was met; see ``Backbone``.
  public var unusableWeight: UnusableWeight? {
    encoder.frozenWeights.lazy.compactMap(\.unusableWeight).first
      ?? decoder.frozenWeights.lazy.compactMap(\.unusableWeight).first ?? output.unusableWeight
  }

  /// The vectors of the encoder's words; see ``Backbone``.
  public func embeddings(
    of batch: Batch, prompts: PromptState, dropout: Float, in pass: Pass
  ) -> Variable {
    let tokens = prompts.tokens(of: batch)
    let nowhere = [Int32](repeating: 0, count: tokens.count)
    let slots = EmbeddingSlots(tokens: tokens, positions: nowhere, segments: nowhere)
    func vectors(_ slots: EmbeddingSlots, _ virtualTokens: Variable?) -> Variable {
      embedding(slots.tokens, tokens: pass(words), virtualTokens: virtualTokens)
    }
    // The system maps sixteen pages for each word that is looked up, soon the whole table. A step
    // of training takes a thousand times as long as mapping those of its words again.
    defer { if pass.tape != nil { words.value.buffer.letGo() } }
    guard pass.dropout(dropout) == nil else {
      return LayerSetting(pass: pass, dropout: dropout, numbers: batch.numbers)
        .dropped(
          vectors(slots, prompts.input?.vectors),
          LayerSlots(offsets: batch.offsets, keys: batch.slotKeys))
    }
    return assembled(slots, virtualTokens: prompts.input?.vectors, by: vectors)
  }

  /// What some of the encoder's blocks make of hidden states; see ``Backbone``.
  public func hiddenStates(
    through layers: Range<Int>, from states: Variable, of batch: Batch, prompts: PromptState,
    reading: Reading, dropout: Float, in pass: Pass
  ) -> Variable {
    encoder(
      layers, states, batch, prompts, reading: reading,
      LayerSetting(pass: pass, dropout: dropout, numbers: batch.numbers))
  }

  /// The hidden states themselves.
  public func pooled(_ hidden: Variable, in pass: Pass) -> Variable { hidden }
}
