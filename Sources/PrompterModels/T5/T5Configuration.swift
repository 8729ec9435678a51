// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import PrompterKernels

extension T5 {
  /// What a T5 folder's config.json says of the model's shape.
  public struct Configuration: Decodable, Sendable, Equatable {
    /// The width of hidden states.
    public let width: Int
    /// The number of values in one head's key; the heads together need not have the width.
    public let headSize: Int
    /// The number of attention heads.
    public let headCount: Int
    /// The width inside the perceptron.
    public let innerWidth: Int
    /// The number of the encoder's layers.
    public let layerCount: Int
    /// The number of the decoder's layers.
    public let decoderLayerCount: Int
    /// The number of tokens.
    public let vocabularyCount: Int
    /// The number of buckets that distances fall into.
    public let bucketCount: Int
    /// The distance from which on all share a bucket.
    public let bucketReach: Int
    /// The perceptron's activation.
    public let activation: Activation
    /// Whether the activation's value multiplies a second projection.
    public let isGated: Bool
    /// Added to mean squares in norms.
    public let epsilon: Float
    /// The dropout of pretraining, the same in all places.
    public let dropout: Float
    /// Whether hidden states are divided by √width before the output, as in T5 1.0.
    public let scalesOutput: Bool
    /// Whether the output's weight is the embeddings', unless the file has one of its own.
    public let tiesOutput: Bool
    /// The token that decoding begins with.
    public private(set) var startTokenID: Int32
    /// The token that ends a text.
    public private(set) var endTokenID: Int32
    /// The rules of generation_config.json for what may be written that are not kept here, by their
    /// keys.
    public private(set) var unkeptRules: [String] = []

    /// The width of the keys of all heads.
    public var attentionWidth: Int { headCount * headSize }

    /// Reads config.json, and of generation_config.json the tokens at both ends of a text.
    ///
    /// - Parameter folder: A Hugging Face model folder.
    /// - Throws: ``BackboneError`` if the model is no T5 or of a variant that is not known here; an
    ///   error that names the file and the key if the file does not decode.
    public init(contentsOf folder: URL) throws {
      try self.init(of: ModelFolder(folder))
    }

    /// Reads the model's configuration, and of its settings for writing the tokens at
    /// both ends of a text.
    ///
    /// - Parameter source: A Hugging Face model folder, or what says the same.
    /// - Throws: What ``init(contentsOf:)`` throws.
    public init(of source: any ModelSource) throws {
      self = try source.configuration(as: Configuration.self)
      if let settings = try source.read(GenerationSettings.self, from: .generation) {
        try follow(settings)
      }
    }

    private mutating func follow(_ settings: GenerationSettings) throws {
      func unusable(_ key: String, _ found: Any, _ expected: String) -> BackboneError {
        .unusable(
          key: key, found: "\(found)", expected: expected,
          file: ModelDocument.generation.rawValue)
      }
      if let start = settings.startTokenID, start != startTokenID {
        // Targets are learnt after the one token and written after the other.
        throw unusable(
          "decoder_start_token_id", start,
          "the same there as in config.json, which is \(startTokenID)")
      }
      if let ends = settings.endTokenIDs {
        guard let end = ends.first, Set(ends).count == 1, 0..<vocabularyCount ~= Int(end) else {
          throw unusable(
            "eos_token_id", ends, "one token below \(vocabularyCount) that ends a text")
        }
        endTokenID = end
      }
      unkeptRules = settings.unkeptRules
    }

    private enum CodingKeys: String, CodingKey {
      case modelType = "model_type"
      case width = "d_model"
      case headSize = "d_kv"
      case headCount = "num_heads"
      case innerWidth = "d_ff"
      case layerCount = "num_layers"
      case decoderLayerCount = "num_decoder_layers"
      case vocabularyCount = "vocab_size"
      case bucketCount = "relative_attention_num_buckets"
      case bucketReach = "relative_attention_max_distance"
      case perceptron = "feed_forward_proj"
      case epsilon = "layer_norm_epsilon"
      case dropout = "dropout_rate"
      case tie = "tie_word_embeddings"
      case scale = "scale_decoder_outputs"
      case startTokenID = "decoder_start_token_id"
      case padTokenID = "pad_token_id"
      case endTokenID = "eos_token_id"
    }

    /// Decodes the keys that transformers writes, with its defaults where one is missing.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      // First, for another family has other keys too, and their absence would say less.
      try values.expect(.modelType, ["t5", "mt5"])
      let isMultilingual = try values.decodeIfPresent(String.self, forKey: .modelType) == "mt5"
      width = try values.size(.width)
      headSize = try values.size(.headSize)
      headCount = try values.size(.headCount)
      innerWidth = try values.size(.innerWidth)
      layerCount = try values.size(.layerCount)
      decoderLayerCount = try values.size(.decoderLayerCount, default: layerCount)
      vocabularyCount = try values.size(.vocabularyCount)
      bucketCount = try values.size(.bucketCount, default: 32)
      bucketReach = try values.size(.bucketReach, default: 128)
      guard bucketCount >= 4, bucketReach > bucketCount / 2 else {
        throw BackboneError.unusable(
          key: "relative_attention_num_buckets",
          found: "\(bucketCount) up to distance \(bucketReach)",
          expected: "4 buckets or more, half of them below `relative_attention_max_distance`")
      }
      let perceptron =
        try values.decodeIfPresent(String.self, forKey: .perceptron)
        ?? (isMultilingual ? "gated-gelu" : "relu")
      (activation, isGated) = try Self.perceptron(perceptron)
      epsilon = try values.epsilon(.epsilon, default: 1e-6)
      dropout = try values.dropout(.dropout)
      let ties = try values.decodeIfPresent(Bool.self, forKey: .tie) ?? true
      // Since its version 5 transformers writes `tie_word_embeddings` as true whatever was read,
      // and what it used to tell of the scale under a key of its own.
      let scales = try values.decodeIfPresent(Bool.self, forKey: .scale) ?? ties
      tiesOutput = ties && scales
      scalesOutput = scales && !isMultilingual
      let hasStart =
        try values.contains(.startTokenID) && !values.decodeNil(forKey: .startTokenID)
      startTokenID = try values.token(
        hasStart ? .startTokenID : .padTokenID, default: 0, below: vocabularyCount)
      endTokenID = try values.token(.endTokenID, default: 1, below: vocabularyCount)
      try checkCount(parameters(as: Double.init))
    }

    // `ACTIVATION` or `gated-ACTIVATION`; the gated GELU has always been the approximate one.
    private static func perceptron(_ name: String) throws -> (Activation, isGated: Bool) {
      switch name {
      case "relu": (.relu, false)
      case "gelu": (.gelu, false)
      case "gelu_new": (.geluTanh, false)
      case "silu", "swish": (.silu, false)
      case "gated-relu": (.relu, true)
      case "gated-gelu", "gated-gelu_new": (.geluTanh, true)
      case "gated-silu", "gated-swish": (.silu, true)
      default:
        throw BackboneError.unusable(
          key: "feed_forward_proj", found: "`\(name)`",
          expected: "`relu`, `gelu`, `gelu_new` or `silu`, gated or not")
      }
    }
  }
}
