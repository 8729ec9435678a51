// SPDX-License-Identifier: Apache-2.0

public import Foundation
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
  /// The number of the decoder's layers; 0 in a family without one.
  var decoderLayerCount: Int { get }
  /// The width of hidden states.
  var width: Int { get }
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

extension ModelConfiguration {
  /// The number of values in a classifier over one hidden state.
  public func headParameterCount(labels: Int) -> Int { labels * width + labels }

  /// The number of values that prompt tuning trains: those of P [prompt length, width].
  public func inputPromptParameterCount(promptLength: Int) -> Int { promptLength * width }

  /// The number of values that P-Tuning v2 trains, head aside.
  ///
  /// - Parameters:
  ///   - promptLength: The virtual tokens in each prompted layer.
  ///   - layers: The number of prompted layers.
  ///   - hidden: The width inside the perceptron that makes the prompt; `nil` without one.
  /// - Returns: The size of the table, or that of the embedding and the perceptron.
  public func deepPromptParameterCount(promptLength: Int, layers: Int, hidden: Int? = nil) -> Int {
    let columns = layers * 2 * attentionWidth
    guard let hidden else { return promptLength * columns }
    return promptLength * width + hidden * (width + 1) + columns * (hidden + 1)
  }
}

/// The families that are known here, by what `model_type` says in config.json.
public enum ModelFamily: String, Sendable, CaseIterable {
  /// ``BERT``.
  case bert
  /// ``T5``, mT5 and ByT5 included.
  case t5

  private static let modelTypes = ["bert": bert, "t5": t5, "mt5": t5]

  // The family of a class of transformers, as in `T5ForConditionalGeneration`.
  private static func modelType(ofClass name: String) -> String {
    let name = name.lowercased()
    return modelTypes.keys.sorted { $0.count > $1.count }.first(where: name.hasPrefix) ?? name
  }

  /// Reads a folder's config.json, whichever family it is of.
  ///
  /// - Parameter folder: A Hugging Face model folder.
  /// - Returns: The model's shape.
  /// - Throws: ``BackboneError`` if the family or variant is not known here; an error that names the
  ///   file and the key if the file does not decode.
  public static func configuration(contentsOf folder: URL) throws -> any ModelConfiguration {
    struct Kind: Decodable {
      var model_type: String?
      var architectures: [String]?
    }
    let file = folder.appending(component: "config.json")
    let kind = try decodeJSON(Kind.self, from: file)
    // Folders of before there were several families need not say which they are of.
    let type = kind.model_type ?? kind.architectures?.first.map(modelType(ofClass:)) ?? "bert"
    guard let family = modelTypes[type] else {
      throw BackboneError.unusable(
        key: "model_type", found: "`\(type)`",
        expected: modelTypes.keys.sorted().map { "`\($0)`" }.joined(separator: " or "),
        file: file.relativePath)
    }
    return switch family {
    case .bert: try BERT.Configuration(contentsOf: folder)
    case .t5: try T5.Configuration(contentsOf: folder)
    }
  }
}

extension BERT.Configuration: ModelConfiguration {
  /// `bert`.
  public var family: String { ModelFamily.bert.rawValue }
  /// The width.
  public var attentionWidth: Int { width }
  /// None.
  public var decoderLayerCount: Int { 0 }
  /// The number of rows of the table of positions.
  public var positionLimit: Int? { positionCount }
  /// The number of rows of the table of segments.
  public var segmentLimit: Int? { segmentCount }

  /// A ``BERT``; see ``ModelConfiguration``.
  public func backbone(
    from weights: Weights, isTrained: Bool, replacing replacements: [String: Tensor],
    precision: Precision
  ) throws -> any Backbone {
    try BERT(
      from: weights, self, isTrained: isTrained, replacing: replacements, precision: precision)
  }
}

extension T5.Configuration: ModelConfiguration {
  /// `t5`.
  public var family: String { ModelFamily.t5.rawValue }
  /// None: positions are distances, the largest of which share a bucket.
  public var positionLimit: Int? { nil }
  /// None: there are no segments.
  public var segmentLimit: Int? { nil }

  /// The same with and without: the family has none.
  public func parameterCount(hasPooler: Bool) -> Int { parameterCount }

  /// A ``T5``; see ``ModelConfiguration``.
  public func backbone(
    from weights: Weights, isTrained: Bool, replacing replacements: [String: Tensor],
    precision: Precision
  ) throws -> any Backbone {
    try T5(from: weights, self, isTrained: isTrained, replacing: replacements, precision: precision)
  }
}

/// Refuses shapes whose weights no machine holds, and whose sizes nothing could count.
func checkCount(_ parameters: Double) throws {
  guard parameters <= 0x1p48 else { throw BackboneError.tooLarge(parameters: parameters) }
}
