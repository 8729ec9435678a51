// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels

/// The keys that BERT's configuration has, and most of its descendants' have as well.
enum EncoderKeys: String, CodingKey {
  case modelType = "model_type"
  case width = "hidden_size"
  case layerCount = "num_hidden_layers"
  case headCount = "num_attention_heads"
  case innerWidth = "intermediate_size"
  case vocabularyCount = "vocab_size"
  case positionCount = "max_position_embeddings"
  case segmentCount = "type_vocab_size"
  case epsilon = "layer_norm_eps"
  case hiddenDropout = "hidden_dropout_prob"
  case attentionDropout = "attention_probs_dropout_prob"
  case activation = "hidden_act"
  case positionKind = "position_embedding_type"
  case isDecoder = "is_decoder"
  case padding = "pad_token_id"
  case embeddingWidth = "embedding_size"
  case bucketCount = "relative_attention_num_buckets"
  case groupCount = "num_hidden_groups"
  case innerGroupCount = "inner_group_num"
}

extension EncoderDesign {
  /// Decodes the keys that transformers writes, with its defaults where one is missing.
  ///
  /// - Parameters:
  ///   - values: What config.json holds.
  ///   - types: What its `model_type` may be.
  ///   - names: What files call the encoder's parts.
  ///   - segments: The segments where nothing is said of them; nil if there are none in any case.
  ///   - fallback: The perceptron's activation where nothing is said of it.
  ///   - dropout: Both kinds of dropout where nothing is said of them.
  /// - Throws: ``BackboneError`` if the model is of another family or variant.
  init(
    _ values: KeyedDecodingContainer<EncoderKeys>, of types: [String], names: EncoderNames,
    segments: Int? = 2, activation fallback: String = "gelu", dropout: Float = 0.1
  ) throws {
    // First, for another family has other keys too, and their absence would say less.
    try values.expect(.modelType, types)
    try values.expect(.positionKind, ["absolute"])
    width = try values.size(.width)
    embeddingWidth = width
    layerCount = try values.size(.layerCount)
    headCount = try values.size(.headCount)
    innerWidth = try values.size(.innerWidth)
    vocabularyCount = try values.size(.vocabularyCount)
    positionCount = try values.size(.positionCount)
    segmentCount = try segments.map { try values.size(.segmentCount, default: $0) }
    activation = try values.activation(.activation, default: fallback)
    epsilon = try values.epsilon(.epsilon, default: 1e-12)
    hiddenDropout = try values.dropout(.hiddenDropout, default: dropout)
    attentionDropout = try values.dropout(.attentionDropout, default: dropout)
    self.names = names
    try check()  // before anything is counted with these sizes
    // Its words would not see those after them.
    guard try values.decodeIfPresent(Bool.self, forKey: .isDecoder) != true else {
      throw BackboneError.unusable(key: "is_decoder", found: "true", expected: "`false`")
    }
  }
}

extension EncoderDesign {
  // Embeddings may be of another width than states, and are made into these by a linear layer: of
  // any width, or where the two differ.
  mutating func narrowEmbeddings(
    from values: KeyedDecodingContainer<EncoderKeys>, default width: Int, projection: String,
    always: Bool
  ) throws {
    embeddingWidth = try values.size(.embeddingWidth, default: width)
    if always || embeddingWidth != self.width { names.projection = projection }
    try check()
  }

  // Positions begin after the number of the padding's token, as fairseq counts them.
  mutating func countPositions(
    from values: KeyedDecodingContainer<EncoderKeys>, padding: Int32
  ) throws {
    try countPositions(
      after: values.token(.padding, default: padding, below: Int(Int32.max)))
  }

  // The same after a token of a number that nothing changes.
  mutating func countPositions(after padding: Int32) throws {
    firstPosition = Int(padding) + 1
    guard positionLimit > 0 else {
      throw BackboneError.unusable(
        key: EncoderKeys.positionCount.rawValue, found: "\(positionCount)",
        expected: "\(firstPosition + 1) or more, for positions begin at \(firstPosition)")
    }
  }
}

extension KeyedDecodingContainer {
  /// The function that a perceptron has between its layers, by the names of transformers.
  func activation(_ key: Key, default fallback: String = "gelu") throws -> Activation {
    let name = try decodeIfPresent(String.self, forKey: key) ?? fallback
    switch name {
    case "gelu", "gelu_python": return .gelu
    case "gelu_new", "gelu_fast", "gelu_pytorch_tanh": return .geluTanh
    case "relu": return .relu
    case "silu", "swish": return .silu
    default:
      throw BackboneError.unusable(
        key: key.stringValue, found: "`\(name)`", expected: "`gelu`, `gelu_new`, `relu` or `silu`")
    }
  }
}
