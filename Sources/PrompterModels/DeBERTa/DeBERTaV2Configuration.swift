// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import PrompterKernels

extension DeBERTaV2 {
  /// What config.json of a DeBERTa of version 2 or 3 says of the model's shape.
  public struct Configuration: Decodable, Sendable, Equatable {
    /// The width of hidden states.
    public let width: Int
    /// The width of word embeddings.
    public let embeddingWidth: Int
    /// The number of layers.
    public let layerCount: Int
    /// The number of attention heads.
    public let headCount: Int
    /// The width inside the feed-forward block.
    public let innerWidth: Int
    /// The number of tokens.
    public let vocabularyCount: Int
    /// The number of positions that are added to words; nil where none are.
    public let positionCount: Int?
    /// The number of segments; nil where they are not looked at.
    public let segmentCount: Int?
    /// The perceptron's activation.
    public let activation: Activation
    /// Added to variances in layer norms.
    public let epsilon: Float
    /// The dropout of hidden states in pretraining.
    public let hiddenDropout: Float
    /// The dropout of attention probabilities in pretraining.
    public let attentionDropout: Float
    /// What the pooler's linear layer is followed by, in checkpoints that have one.
    public let poolerActivation: DeBERTaActivation
    /// The kinds of terms that scores are the sum of, content to content aside; they count for the
    /// scale even where ``positions`` has none.
    public let terms: Set<Term>
    /// How scores meet relative positions; nil where they do not.
    public let positions: Positions?
    /// The convolution beside the first layer, if there is one.
    public let convolution: Convolution?

    /// A kind of terms between content and position.
    public enum Term: String, Sendable, CaseIterable {
      /// A query's content with a key's position.
      case contentToPosition = "c2p"
      /// A key's content with a query's position.
      case positionToContent = "p2c"
    }

    /// The table of relative positions and what layers make of it.
    public struct Positions: Sendable, Equatable {
      /// Which vector of the table a distance has.
      public let distances: DeBERTaDistances
      /// Whether a layer projects the table as it does hidden states, not by weights of its own.
      public let sharesProjections: Bool
      /// Whether a layer norm of the table comes before.
      public let isNormalized: Bool
    }

    /// The convolution over embeddings that is added to what the first layer makes of them.
    public struct Convolution: Sendable, Equatable {
      /// How many neighbouring slots a slot sees, itself in the middle.
      public let size: Int
      /// Into how many groups inputs and outputs fall.
      public let groups: Int
      /// What follows.
      public let activation: DeBERTaActivation
    }

    /// Reads config.json.
    ///
    /// - Parameter folder: A Hugging Face model folder.
    /// - Throws: ``BackboneError`` if the model is no DeBERTa of version 2 or 3 or of a variant
    ///   that is not known here; an error that names the file and the key if the file does not
    ///   decode.
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

    /// Decodes the keys that transformers writes, with its defaults where one is missing.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: DeBERTaKeys.self)
      // First, for another family has other keys too, and their absence would say less.
      try values.expect(.modelType, DeBERTaV2Family.modelTypes)
      width = try values.size(.width)
      embeddingWidth = try values.size(.embeddingWidth, default: width)
      layerCount = try values.size(.layerCount)
      headCount = try values.size(.headCount)
      innerWidth = try values.size(.innerWidth)
      vocabularyCount = try values.size(.vocabularyCount)
      let limit = try values.size(.positionCount, default: 512)
      positionCount = try values.flag(.addsPositions, default: true) ? limit : nil
      segmentCount = try values.count(.segmentCount)
      activation = try values.activation(.activation)
      epsilon = try values.epsilon(.epsilon, default: 1e-7)
      hiddenDropout = try values.dropout(.hiddenDropout)
      attentionDropout = try values.dropout(.attentionDropout)
      poolerActivation = try values.deBERTaActivation(.poolerActivation, default: "gelu")
      terms = try values.terms()
      positions =
        try values.flag(.isRelative, default: false) ? values.positions(limit: limit) : nil
      convolution = try values.convolution(width: width)
      guard width % headCount == 0 else {
        throw BackboneError.headsDoNotDivideWidth(heads: headCount, width: width)
      }
      try values.checkRest(headSize: width / headCount)
      try checkCount(parameters(hasPooler: true, as: Double.init))
    }
  }
}

/// What follows a convolution or a pooler.
public enum DeBERTaActivation: Sendable, Equatable {
  /// tanh x.
  case tanh
  /// A function that perceptrons have, too.
  case perceptron(Activation)
}
