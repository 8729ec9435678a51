// SPDX-License-Identifier: Apache-2.0

public import PrompterCheckpoint
public import PrompterCore
public import PrompterKernels
public import PrompterTensor

/// ``DeBERTaV2`` and its checkpoints, of versions 2 and 3.
public enum DeBERTaV2Family: ModelFamily {
  /// `deberta-v2`.
  public static let name = "deberta-v2"
  /// `deberta-v2`, which version 3 calls itself as well.
  public static let modelTypes = ["deberta-v2"]
  /// `deberta`, as in `deberta.embeddings.word_embeddings.weight`.
  public static let weightScope: String? = "deberta"
  /// 512 tokens, as in pretraining: relative positions know no limit.
  public static let usualLength = 512

  /// A ``DeBERTaV2/Configuration``; see ``ModelFamily``.
  public static func configuration(
    from source: any ModelSource
  ) throws -> any ModelConfiguration {
    try DeBERTaV2.Configuration(of: source)
  }
}

extension DeBERTaV2.Configuration: ModelConfiguration {
  /// `deberta-v2`.
  public var family: String { DeBERTaV2Family.name }
  /// The number of rows of the table of positions; nil where there is none.
  public var positionLimit: Int? { positionCount }
  /// The number of rows of the table of segments; nil where there is none.
  public var segmentLimit: Int? { segmentCount }

  /// A ``DeBERTaV2``; see ``ModelConfiguration``.
  public func backbone(
    from weights: Weights, isTrained: Bool, replacing replacements: [String: Tensor],
    precision: Precision
  ) throws -> any Backbone {
    try DeBERTaV2(
      from: weights, self, isTrained: isTrained, replacing: replacements, precision: precision)
  }
}
