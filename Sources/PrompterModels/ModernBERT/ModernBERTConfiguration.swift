// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import PrompterKernels

extension ModernBERT {
  /// What a ModernBERT folder's config.json says of the model's shape.
  public struct Configuration: Decodable, Sendable, Equatable {
    /// The width of hidden states.
    public let width: Int
    /// The number of layers.
    public let layerCount: Int
    /// The number of attention heads.
    public let headCount: Int
    /// The width inside the perceptron, of either half.
    public let innerWidth: Int
    /// The number of tokens.
    public let vocabularyCount: Int
    /// The number of positions that the model was trained on.
    public let positionCount: Int
    /// How each layer attends.
    public let layers: [LayerKind]
    /// The activation of the perceptron's first half.
    public let activation: Activation
    /// The activation of the layer between [CLS] and a published head.
    public let headActivation: Activation
    /// Added to variances in layer norms.
    public let epsilon: Float
    /// Which layers add a bias.
    public let biases: Biases
    /// The dropout of pretraining inside the perceptron.
    public let perceptronDropout: Float
    /// The dropout of attention probabilities, and of what attention gives, in pretraining.
    public let attentionDropout: Float

    /// The number of values in a head.
    public var headSize: Int { width / headCount }

    /// Which layers add a bias: none of the published models'.
    public struct Biases: Sendable, Equatable {
      /// Layer norms have an offset.
      public var norms = false
      /// Projections before and after attention.
      public var attention = false
      /// Both maps of the perceptron.
      public var perceptron = false
      /// The layer between [CLS] and a published head.
      public var head = false
    }

    /// Reads config.json.
    ///
    /// - Parameter folder: A Hugging Face model folder.
    /// - Throws: ``BackboneError`` if the model is no ModernBERT or of a variant that is not known
    ///   here; an error that names the file and the key if the file does not decode.
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
      case activation = "hidden_activation"
      case headActivation = "classifier_activation"
      case epsilon = "norm_eps"
      case normBias = "norm_bias"
      case attentionBias = "attention_bias"
      case perceptronBias = "mlp_bias"
      case headBias = "classifier_bias"
      case perceptronDropout = "mlp_dropout"
      case attentionDropout = "attention_dropout"
    }

    /// Decodes the keys that transformers writes, with its defaults where one is missing.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      // First, for another family has other keys too, and their absence would say less.
      try values.expect(.modelType, ["modernbert"])
      width = try values.size(.width)
      layerCount = try values.size(.layerCount)
      headCount = try values.size(.headCount)
      innerWidth = try values.size(.innerWidth)
      vocabularyCount = try values.size(.vocabularyCount)
      positionCount = try values.size(.positionCount, default: 8192)
      guard width % headCount == 0 else {
        throw BackboneError.headsDoNotDivideWidth(heads: headCount, width: width)
      }
      guard width / headCount % 2 == 0 else {
        throw BackboneError.unusable(
          key: "num_attention_heads", found: "\(headCount), with heads of \(width / headCount)",
          expected: "heads of an even number of values, which rotary positions turn in pairs")
      }
      layers = try LayerKind.all(layerCount, from: decoder)
      activation = try values.activation(.activation)
      headActivation = try values.activation(.headActivation)
      epsilon = try values.epsilon(.epsilon, default: 1e-5)
      func flag(_ key: CodingKeys) throws -> Bool {
        try values.decodeIfPresent(Bool.self, forKey: key) ?? false
      }
      biases = Biases(
        norms: try flag(.normBias), attention: try flag(.attentionBias),
        perceptron: try flag(.perceptronBias), head: try flag(.headBias))
      perceptronDropout = try values.dropout(.perceptronDropout, default: 0)
      attentionDropout = try values.dropout(.attentionDropout, default: 0)
      try checkCount(parameters(hasPooler: true, as: Double.init))
    }
  }
}

extension KeyedDecodingContainer {
  // One of the functions that are known here, by the names that transformers has for them; GELU
  // where nothing is said.
  fileprivate func activation(_ key: Key) throws -> Activation {
    let name = try decodeIfPresent(String.self, forKey: key) ?? "gelu"
    switch name {
    case "gelu", "gelu_python": return .gelu
    case "gelu_new", "gelu_fast", "gelu_pytorch_tanh": return .geluTanh
    case "relu": return .relu
    case "silu", "swish": return .silu
    default:
      throw BackboneError.unusable(
        key: key.stringValue, found: "`\(name)`",
        expected: "`gelu`, `gelu_new`, `relu` or `silu`")
    }
  }
}
