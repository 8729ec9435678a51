// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import PrompterCheckpoint
public import PrompterCore
public import PrompterKernels
public import PrompterTensor

/// What config.json says of an encoder of BERT's kind: all that differs from family to family is in
/// the ``EncoderDesign`` that it decodes to.
public protocol EncoderConfiguration: ModelConfiguration, Decodable {
  /// The shape.
  var design: EncoderDesign { get }
}

extension EncoderConfiguration {
  /// Reads config.json.
  ///
  /// - Parameter folder: A Hugging Face model folder.
  /// - Throws: ``BackboneError`` if the model is of another family or of a variant that is not
  ///   known here; an error that names the file and the key if the file does not decode.
  public init(contentsOf folder: URL) throws {
    try self.init(of: ModelFolder(folder))
  }

  /// Reads the model's configuration.
  ///
  /// - Parameter source: A Hugging Face model folder, or what says the same.
  /// - Throws: What ``init(contentsOf:)`` throws.
  public init(of source: any ModelSource) throws {
    self = try source.configuration(as: Self.self)
  }

  /// The design's.
  public var width: Int { design.width }
  /// The design's.
  public var embeddingWidth: Int { design.embeddingWidth }
  /// The design's.
  public var layerCount: Int { design.layerCount }
  /// The design's.
  public var headCount: Int { design.headCount }
  /// The design's.
  public var vocabularyCount: Int { design.vocabularyCount }
  /// The number of positions that texts may have.
  public var positionLimit: Int? { design.positionLimit }
  /// The number of rows of the table of segments.
  public var segmentLimit: Int? { design.segmentCount }

  /// Whether weights have a pooler's, with or without the prefix.
  public func hasPooler(in weights: Weights) -> Bool { design.hasPooler(in: weights) }

  /// The design's; see ``EncoderDesign/parameterCount(hasPooler:)``.
  public func parameterCount(hasPooler: Bool = true) -> Int {
    design.parameterCount(hasPooler: hasPooler)
  }

  /// Checks that weights have all that such a model needs, from their headers alone.
  ///
  /// - Parameter weights: All weights of a folder.
  /// - Returns: The tensors that are not read, known heads and buffers aside.
  /// - Throws: `CheckpointError` if a tensor is missing, misshapen or of integers.
  @discardableResult
  public func check(_ weights: Weights) throws -> [String] { try design.check(weights) }

  /// A ``PostNormEncoder``; see ``ModelConfiguration``.
  public func backbone(
    from weights: Weights, isTrained: Bool, replacing replacements: [String: Tensor],
    precision: Precision
  ) throws -> any Backbone {
    try PostNormEncoder(
      from: weights, self, isTrained: isTrained, replacing: replacements, precision: precision)
  }
}
