// SPDX-License-Identifier: Apache-2.0

/// ``RoBERTa`` and its checkpoints, those of XLM-R and CamemBERT included.
public enum RoBERTaFamily: ModelFamily {
  /// `roberta`.
  public static let name = "roberta"
  /// `roberta`, `xlm-roberta` and `camembert`.
  public static let modelTypes = ["roberta", "xlm-roberta", "camembert"]
  /// `roberta`, as in `roberta.embeddings.word_embeddings.weight`, in files of all three.
  public static let weightScope: String? = "roberta"

  /// A ``RoBERTa/Configuration``; see ``ModelFamily``.
  public static func configuration(
    from source: any ModelSource
  ) throws -> any ModelConfiguration {
    try RoBERTa.Configuration(of: source)
  }
}
