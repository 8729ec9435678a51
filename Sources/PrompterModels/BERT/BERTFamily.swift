// SPDX-License-Identifier: Apache-2.0

public import PrompterCheckpoint
public import PrompterCore
public import PrompterKernels
public import PrompterTensor

/// ``BERT`` and its checkpoints.
public enum BERTFamily: ModelFamily {
  /// `bert`.
  public static let name = "bert"
  /// `bert`.
  public static let modelTypes = ["bert"]
  /// `bert`, as in `bert.embeddings.word_embeddings.weight`.
  public static let weightScope: String? = "bert"
  /// 512 positions.
  public static let usualLength = 512
  /// A head that reads [CLS] through the pooler.
  public static let classifier: PublishedClassifier? = PublishedClassifier(
    className: "BertForSequenceClassification", scope: "classifier", pooling: .pooler,
    isExchangedWithPEFT: true)
  /// Sequence classification.
  public static let peftTaskType: String? = "SEQ_CLS"

  /// A ``BERT/Configuration``; see ``ModelFamily``.
  public static func configuration(
    from source: any ModelSource
  ) throws -> any ModelConfiguration {
    try BERT.Configuration(of: source)
  }
}

extension BERT.Configuration: ModelConfiguration {
  /// `bert`.
  public var family: String { BERTFamily.name }
  /// The number of rows of the table of positions.
  public var positionLimit: Int? { positionCount }
  /// The number of rows of the table of segments.
  public var segmentLimit: Int? { segmentCount }

  /// Whether weights have a pooler's, with or without the prefix.
  public func hasPooler(in weights: Weights) -> Bool {
    weights.containsScope("pooler") || weights.containsScope("bert.pooler")
  }

  /// A ``BERT``; see ``ModelConfiguration``.
  public func backbone(
    from weights: Weights, isTrained: Bool, replacing replacements: [String: Tensor],
    precision: Precision
  ) throws -> any Backbone {
    try BERT(
      from: weights, self, isTrained: isTrained, replacing: replacements, precision: precision)
  }
}
