// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import PrompterKernels

extension BERT {
  /// What a BERT folder's config.json says of the model's shape.
  public struct Configuration: Decodable, Sendable, Equatable {
    /// The width of hidden states.
    public let width: Int
    /// The number of layers.
    public let layerCount: Int
    /// The number of attention heads.
    public let headCount: Int
    /// The width inside the feed-forward block.
    public let innerWidth: Int
    /// The number of tokens.
    public let vocabularyCount: Int
    /// The number of positions.
    public let positionCount: Int
    /// The number of segments.
    public let segmentCount: Int
    /// The perceptron's activation.
    public let activation: Activation
    /// Added to variances in layer norms.
    public let epsilon: Float
    /// The dropout of hidden states in pretraining.
    public let hiddenDropout: Float
    /// The dropout of attention probabilities in pretraining.
    public let attentionDropout: Float

    /// Reads config.json.
    ///
    /// - Parameter folder: A Hugging Face model folder.
    /// - Throws: ``BackboneError`` if the model is no BERT or of a variant that is not known here;
    ///   an error that names the file and the key if the file does not decode.
    public init(contentsOf folder: URL) throws {
      try self.init(of: ModelFolder(folder))
    }

    /// Reads the model's configuration.
    ///
    /// - Parameter source: A Hugging Face model folder, or what says the same.
    /// - Throws: What ``init(contentsOf:)`` throws.
    public init(of source: any ModelSource) throws {
      self = try source.configuration(as: Configuration.self)
    }

    private enum CodingKeys: String, CodingKey {
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
    }

    /// Decodes the keys that transformers writes, with its defaults where one is missing.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      // First, for another family has other keys too, and their absence would say less.
      try values.expect(.modelType, ["bert"])
      try values.expect(.positionKind, ["absolute"])
      width = try values.size(.width)
      layerCount = try values.size(.layerCount)
      headCount = try values.size(.headCount)
      innerWidth = try values.size(.innerWidth)
      vocabularyCount = try values.size(.vocabularyCount)
      positionCount = try values.size(.positionCount)
      segmentCount = try values.size(.segmentCount, default: 2)
      activation = try Self.activation(
        try values.decodeIfPresent(String.self, forKey: .activation) ?? "gelu")
      epsilon = try values.epsilon(.epsilon, default: 1e-12)
      hiddenDropout = try values.dropout(.hiddenDropout)
      attentionDropout = try values.dropout(.attentionDropout)
      guard width % headCount == 0 else {
        throw BackboneError.headsDoNotDivideWidth(heads: headCount, width: width)
      }
      // Its words would not see those after them.
      guard try values.decodeIfPresent(Bool.self, forKey: .isDecoder) != true else {
        throw BackboneError.unusable(key: "is_decoder", found: "true", expected: "`false`")
      }
      try checkCount(parameters(hasPooler: true, as: Double.init))
    }

    // The names that transformers has for the functions that are known here.
    private static func activation(_ name: String) throws -> Activation {
      switch name {
      case "gelu", "gelu_python": .gelu
      case "gelu_new", "gelu_fast", "gelu_pytorch_tanh": .geluTanh
      case "relu": .relu
      case "silu", "swish": .silu
      default:
        throw BackboneError.unusable(
          key: "hidden_act", found: "`\(name)`",
          expected: "`gelu`, `gelu_new`, `relu` or `silu`")
      }
    }
  }
}
