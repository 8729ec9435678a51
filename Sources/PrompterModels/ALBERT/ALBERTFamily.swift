// SPDX-License-Identifier: Apache-2.0

/// ``ALBERT`` and its checkpoints.
public enum ALBERTFamily: ModelFamily {
  /// `albert`.
  public static let name = "albert"
  /// `albert`.
  public static let modelTypes = ["albert"]
  /// `albert`, as in `albert.embeddings.word_embeddings.weight`.
  public static let weightScope: String? = "albert"

  /// A ``ALBERT/Configuration``; see ``ModelFamily``.
  public static func configuration(
    from source: any ModelSource
  ) throws -> any ModelConfiguration {
    try ALBERT.Configuration(of: source)
  }
}
