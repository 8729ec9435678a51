// SPDX-License-Identifier: Apache-2.0

public import PrompterCheckpoint
public import PrompterCore
public import PrompterKernels
public import PrompterTensor

/// What config.json says of a model's shape, of whichever family it is.
public protocol ModelConfiguration: Sendable {
  /// The family's name, as prompts remember it.
  var family: String { get }
  /// The number of layers, of the encoder if there is a decoder too.
  var layerCount: Int { get }
  /// Whether such a model writes texts: whether its backbone is a ``TextWriter``.
  var writesTexts: Bool { get }
  /// The rules for what may be written that the model asks for and that are not kept here, by their
  /// keys.
  var unkeptRules: [String] { get }
  /// The width of hidden states.
  var width: Int { get }
  /// The width of word embeddings.
  var embeddingWidth: Int { get }
  /// The width of the keys of all heads.
  var attentionWidth: Int { get }
  /// The number of attention heads.
  var headCount: Int { get }
  /// The number of tokens.
  var vocabularyCount: Int { get }
  /// The number of positions, nil where any number will do.
  var positionLimit: Int? { get }
  /// The number of segments, nil where they are not looked at.
  var segmentLimit: Int? { get }

  /// The number of layers of a stack: none of a decoder's that there is not.
  func layerCount(of stack: PromptStack) -> Int

  /// Whether weights have a trained layer between [CLS] and a head.
  func hasPooler(in weights: Weights) -> Bool

  /// The number of weights of a model of this shape, by arithmetic alone.
  ///
  /// - Parameter hasPooler: Whether the checkpoint has one, in families that may.
  /// - Returns: The number.
  func parameterCount(hasPooler: Bool) -> Int

  /// Checks that weights have all that such a model needs, from their headers alone.
  ///
  /// - Parameter weights: All weights of a folder.
  /// - Returns: The tensors that are not read, known heads and buffers aside.
  /// - Throws: `CheckpointError` if a tensor is missing, misshapen or of integers.
  @discardableResult
  func check(_ weights: Weights) throws -> [String]

  /// Reads a backbone of this shape.
  ///
  /// - Parameters:
  ///   - weights: All weights of a folder.
  ///   - isTrained: Whether training changes the weights; frozen ones are packed.
  ///   - replacements: Weights that stand in for the file's, by their names.
  ///   - precision: What the factors of products with weights are.
  /// - Returns: The backbone.
  /// - Throws: ``CheckpointError`` if a weight is missing or has another shape.
  func backbone(
    from weights: Weights, isTrained: Bool, replacing replacements: [String: Tensor],
    precision: Precision
  ) throws -> any Backbone
}

// What most families have.
extension ModelConfiguration {
  /// It does not.
  public var writesTexts: Bool { false }
  /// None.
  public var unkeptRules: [String] { [] }
  /// The width.
  public var embeddingWidth: Int { width }
  /// The width.
  public var attentionWidth: Int { width }
  /// Segments are not looked at.
  public var segmentLimit: Int? { nil }

  /// All layers in one stack.
  public func layerCount(of stack: PromptStack) -> Int { stack == .encoder ? layerCount : 0 }

  /// None.
  public func hasPooler(in weights: Weights) -> Bool { false }
}

extension ModelConfiguration {
  /// The number of values in a classifier over one hidden state.
  public func headParameterCount(labels: Int) -> Int { labels * width + labels }
}

/// Refuses shapes whose weights no machine holds, and whose sizes nothing could count.
func checkCount(_ parameters: Double) throws {
  guard parameters <= 0x1p48 else { throw BackboneError.tooLarge(parameters: parameters) }
}
