// SPDX-License-Identifier: Apache-2.0

/// ``MPNet`` and its checkpoints.
public enum MPNetFamily: ModelFamily {
  /// `mpnet`.
  public static let name = "mpnet"
  /// `mpnet`.
  public static let modelTypes = ["mpnet"]
  /// `mpnet`, as in `mpnet.embeddings.word_embeddings.weight`.
  public static let weightScope: String? = "mpnet"

  /// A ``MPNet/Configuration``; see ``ModelFamily``.
  public static func configuration(
    from source: any ModelSource
  ) throws -> any ModelConfiguration {
    try MPNet.Configuration(of: source)
  }
}
