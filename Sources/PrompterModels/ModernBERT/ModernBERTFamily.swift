// SPDX-License-Identifier: Apache-2.0

public import PrompterCheckpoint
public import PrompterCore
public import PrompterKernels
public import PrompterTensor

/// ``ModernBERT`` and its checkpoints, Ettin's and mmBERT's among them.
public enum ModernBERTFamily: ModelFamily {
  /// `modernbert`.
  public static let name = "modernbert"
  /// `modernbert`, which all of them say.
  public static let modelTypes = ["modernbert"]
  /// `model`, as in `model.embeddings.tok_embeddings.weight`.
  public static let weightScope: String? = "model"
  /// 8,192 positions.
  public static let usualLength = 8192

  /// A ``ModernBERT/Configuration``; see ``ModelFamily``.
  public static func configuration(
    from source: any ModelSource
  ) throws -> any ModelConfiguration {
    try ModernBERT.Configuration(of: source)
  }
}

extension ModernBERT.Configuration: ModelConfiguration {
  /// `modernbert`.
  public var family: String { ModernBERTFamily.name }
  /// The number of positions that the model was trained on.
  public var positionLimit: Int? { positionCount }

  /// Whether weights have the layer that stands before the heads of transformers.
  public func hasPooler(in weights: Weights) -> Bool {
    weights.containsScope("head.dense") && weights.containsScope("head.norm")
  }

  /// A ``ModernBERT``; see ``ModelConfiguration``.
  public func backbone(
    from weights: Weights, isTrained: Bool, replacing replacements: [String: Tensor],
    precision: Precision
  ) throws -> any Backbone {
    try ModernBERT(
      from: weights, self, isTrained: isTrained, replacing: replacements, precision: precision)
  }
}
