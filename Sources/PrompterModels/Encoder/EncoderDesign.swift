// SPDX-License-Identifier: Apache-2.0

public import PrompterKernels

/// The shape of an encoder of BERT's kind, and all in which one family differs from another.
public struct EncoderDesign: Sendable, Equatable {
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
  /// The number of rows of the table of positions; 0 where there is none.
  public let positionCount: Int
  /// The number of segments; nil where there is no table of them.
  public let segmentCount: Int?
  /// The perceptron's activation.
  public let activation: Activation
  /// Added to variances in layer norms.
  public let epsilon: Float
  /// The dropout of hidden states in pretraining.
  public let hiddenDropout: Float
  /// The dropout of attention probabilities in pretraining.
  public let attentionDropout: Float
  /// The row of the table of positions that a text's first slot has.
  public internal(set) var firstPosition = 0
  /// The width of the tables of words, positions and segments.
  public internal(set) var embeddingWidth: Int
  /// Whether embeddings are made as wide as states before they are normalised, rather than after.
  public internal(set) var normalizesProjection = false
  /// Whether all layers are one, with the same weights.
  public internal(set) var sharesLayers = false
  /// The number of buckets of distances with a bias of scores each; 0 where there are none.
  public internal(set) var bucketCount = 0
  /// How many kinds of terms scores are the sum of, each as large as a product of contents: the sum
  /// is divided by the square root of as many sizes of a head.
  public internal(set) var termCount = 1
  // What files call its parts.
  var names: EncoderNames

  /// The number of layers with weights of their own.
  public var storedLayerCount: Int { sharesLayers ? 1 : layerCount }

  /// The number of positions that texts may have.
  public var positionLimit: Int { positionCount - firstPosition }

  // What stands before the names of a layer's weights.
  func scope(ofLayer index: Int) -> String {
    sharesLayers ? names.layers : "\(names.layers).\(index)"
  }
}

extension EncoderDesign {
  // Refuses sizes that do not fit each other; `key` is the width's.
  func check(widthKey key: String = "hidden_size") throws {
    guard width % headCount == 0 else {
      throw BackboneError.headsDoNotDivideWidth(heads: headCount, width: width, key: key)
    }
    try checkCount(parameters(hasPooler: true, as: Double.init))
  }
}
