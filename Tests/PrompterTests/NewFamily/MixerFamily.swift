// SPDX-License-Identifier: Apache-2.0

import PrompterCheckpoint
import PrompterCore
import PrompterKernels
import PrompterTensor

@testable import PrompterModels

/// A family that only tests know, made as the article on adding one says.
enum MixerFamily: ModelFamily {
  static let name = "mixer"
  static let modelTypes = ["mixer", "mixer-small"]

  static func configuration(from source: any ModelSource) throws -> any ModelConfiguration {
    try source.configuration(as: Mixer.Configuration.self)
  }
}

extension Mixer {
  /// What a mixer's config.json says of its shape.
  struct Configuration: Decodable, Sendable {
    let width: Int
    let layerCount: Int
    let headCount: Int
    let vocabularyCount: Int

    private enum CodingKeys: String, CodingKey {
      case width = "hidden_size"
      case layerCount = "num_hidden_layers"
      case headCount = "num_attention_heads"
      case vocabularyCount = "vocab_size"
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      width = try values.size(.width)
      layerCount = try values.size(.layerCount)
      headCount = try values.size(.headCount)
      vocabularyCount = try values.size(.vocabularyCount)
      guard width % headCount == 0 else {
        throw BackboneError.headsDoNotDivideWidth(heads: headCount, width: width)
      }
    }
  }
}

extension Mixer.Configuration: ModelConfiguration {
  var family: String { MixerFamily.name }
  var positionLimit: Int? { nil }

  func parameterCount(hasPooler: Bool) -> Int {
    vocabularyCount * width + layerCount * (4 * (width * width + width) + 2 * width)
  }

  @discardableResult
  func check(_ weights: Weights) throws -> [String] {
    var layout = WeightLayout(weights)
    try layout.expect("words.weight", [vocabularyCount, width])
    for layer in 0..<layerCount {
      for part in ["query", "key", "value", "output"] {
        try layout.expectLinear("layer.\(layer).\(part)", outputs: width, inputs: width)
      }
      try layout.expectNorm("layer.\(layer).norm", width: width)
    }
    return layout.unknownNames
  }

  func backbone(
    from weights: Weights, isTrained: Bool, replacing replacements: [String: Tensor],
    precision: Precision
  ) throws -> any Backbone {
    try check(weights)
    return try Mixer(
      from: ParameterLoader(
        weights: weights, isTrained: isTrained, precision: precision, replacements: replacements),
      self)
  }
}
