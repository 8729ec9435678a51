// SPDX-License-Identifier: Apache-2.0

public import PrompterCore

/// All that a method's options need to know of a backbone, which its configuration alone tells.
public struct BackboneShape: Sendable, Equatable {
  /// The number of layers, of the encoder if there is a decoder too.
  public var layerCount: Int
  /// The number of the decoder's layers; 0 without one.
  public var decoderLayerCount: Int
  /// The width of hidden states.
  public var width: Int
  /// The width of word embeddings.
  public var embeddingWidth: Int
  /// The width of keys and values.
  public var attentionWidth: Int
  /// The number of weights.
  public var parameterCount: Int

  /// A shape from its parts.
  public init(
    layerCount: Int, decoderLayerCount: Int = 0, width: Int, embeddingWidth: Int? = nil,
    attentionWidth: Int? = nil, parameterCount: Int
  ) {
    self.layerCount = layerCount
    self.decoderLayerCount = decoderLayerCount
    self.width = width
    self.embeddingWidth = embeddingWidth ?? width
    self.attentionWidth = attentionWidth ?? width
    self.parameterCount = parameterCount
  }

  /// The shape of a backbone.
  public init(_ backbone: any Backbone) {
    self.init(
      layerCount: backbone.layerCount, decoderLayerCount: backbone.layerCount(of: .decoder),
      width: backbone.width, embeddingWidth: backbone.embeddingWidth,
      attentionWidth: backbone.attentionWidth,
      parameterCount: backbone.parameterCount)
  }

  /// The number of layers of a stack.
  public func layerCount(of stack: PromptStack) -> Int {
    stack == .decoder ? decoderLayerCount : layerCount
  }
}
