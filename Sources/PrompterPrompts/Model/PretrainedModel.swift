// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterCheckpoint
public import PrompterCore
public import PrompterKernels
internal import PrompterModels
package import PrompterTensor
public import PrompterTokenizer

/// A backbone with its tokenizer, read from a folder as Hugging Face lays it out.
///
/// ```swift
/// let miniLM = try PretrainedModel(contentsOf: URL(filePath: "models/all-MiniLM-L6-v2"))
/// ```
public struct PretrainedModel: Sendable {
  /// The folder.
  public let folder: URL
  /// The weights, ready for computation.
  public let backbone: any Backbone
  /// The tokenizer.
  public let tokenizer: any Tokenizer
  /// What a sequence head reads unless told otherwise: what a folder of sentence-transformers says,
  /// else [CLS], through the pooler if there is one.
  ///
  /// Where the folder asks for what no head here reads, a ``Trainer`` has to be told.
  public let defaultPooling: Pooling
  /// What the factors of products with weights are while they are frozen.
  public let precision: Precision
  /// What they are where fine-tuning trains the weights.
  public let trainedPrecision: Precision

  package let declaredPooling: DeclaredPooling?
  private let configuration: any ModelConfiguration

  /// Reads a folder.
  ///
  /// - Parameters:
  ///   - folder: config.json, weights, and a tokenizer.
  ///   - precision: What the factors of products with weights are; nil for the fastest on this CPU,
  ///     `Precision.fastest` and, for fine-tuning, `Precision.fastestForTrainedWeights`. Digits
  ///     that are to be another program's need `.float32`.
  /// - Throws: An error that names the file and what is wrong with it.
  public init(contentsOf folder: URL, precision: Precision? = nil) throws {
    self.folder = folder
    let frozen = precision ?? .fastest
    self.precision = frozen
    trainedPrecision = precision?.ofTrainedWeights ?? .fastestForTrainedWeights
    configuration = try ModelFamilies.configuration(from: ModelFolder(folder))
    backbone = try configuration.backbone(
      from: Weights(contentsOf: folder), isTrained: false, replacing: [:],
      precision: frozen)
    tokenizer = try Tokenizers.load(contentsOf: folder)
    try configuration.check(tokenizer)
    declaredPooling = try DeclaredPooling.read(from: folder)
    defaultPooling = declaredPooling?.pooling ?? (backbone.hasPooler ? .pooler : .cls)
  }

  /// The family's name, as in `bert`.
  public var family: String { configuration.family }

  /// What the folder asks for and this package does not do, a sentence each, for whoever
  /// writes texts with it.
  public var notes: [String] {
    let rules = configuration.unkeptRules
    guard !rules.isEmpty else { return [] }
    return [
      "generation_config.json of \(name) asks for \(rules.joined(separator: ", ")), which texts are "
        + "written without here."
    ]
  }

  /// The backbone, if it writes texts.
  public var textWriter: (any TextWriter)? { backbone as? any TextWriter }

  // The number of its decoder's layers, as cards have it: nil where there is none.
  var decoderLayers: Int? {
    let count = backbone.layerCount(of: .decoder)
    return count > 0 ? count : nil
  }

  /// The name shown to people: the folder's.
  public var name: String { folder.lastPathComponent }

  // The same backbone for fine-tuning: weights of its own, so that this model stays as it is.
  package func trainedBackbone() throws -> any Backbone {
    try configuration.backbone(
      from: Weights(contentsOf: folder), isTrained: true, replacing: [:],
      precision: trainedPrecision)
  }

  // The same backbone with a fine-tuned prompt's weights in place of the folder's.
  package func backbone(replacing weights: [String: Tensor]) throws -> any Backbone {
    try configuration.backbone(
      from: Weights(contentsOf: folder), isTrained: false, replacing: weights,
      precision: precision)
  }

  /// The backbone's identity, its weights' hash included.
  ///
  /// - Parameter expected: Hashes that would be right. Where one of them was found to be that of
  ///   these files before, as Prompter's cache remembers, it is not computed again.
  /// - Returns: What a prompt's card says of the model that it was trained on.
  /// - Throws: What opening the weights throws.
  /// - Complexity: O(bytes of the weights), tens of milliseconds for a small model, or O(1) if an
  ///   expected hash is remembered.
  public func identity(
    expecting expected: Set<String> = []
  ) throws -> PromptCard.BackboneIdentity {
    let weights = try Weights(contentsOf: folder)
    let sha256 = try expected.isEmpty ? weights.sha256() : weights.sha256(expecting: expected)
    return identity(sha256: sha256)
  }

  private func identity(sha256: String) -> PromptCard.BackboneIdentity {
    PromptCard.BackboneIdentity(
      name: name, family: family, layers: backbone.layerCount, width: backbone.width,
      heads: backbone.headCount, parameters: backbone.parameterCount,
      sha256: sha256,
      attentionWidth: backbone.attentionWidth == backbone.width ? nil : backbone.attentionWidth,
      embeddingWidth: backbone.embeddingWidth == backbone.width ? nil : backbone.embeddingWidth,
      decoderLayers: decoderLayers)
  }
}
