// SPDX-License-Identifier: Apache-2.0

internal import PrompterCore

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
