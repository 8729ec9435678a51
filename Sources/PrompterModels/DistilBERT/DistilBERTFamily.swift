// SPDX-License-Identifier: Apache-2.0

/// ``DistilBERT`` and its checkpoints.
public enum DistilBERTFamily: ModelFamily {
  /// `distilbert`.
  public static let name = "distilbert"
  /// `distilbert`.
  public static let modelTypes = ["distilbert"]
  /// `distilbert`, as in `distilbert.embeddings.word_embeddings.weight`.
  public static let weightScope: String? = "distilbert"

  /// A ``DistilBERT/Configuration``; see ``ModelFamily``.
  public static func configuration(
    from source: any ModelSource
  ) throws -> any ModelConfiguration {
    try DistilBERT.Configuration(of: source)
  }
}
