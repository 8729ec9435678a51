// SPDX-License-Identifier: Apache-2.0

/// ``ELECTRA`` and its checkpoints.
public enum ELECTRAFamily: ModelFamily {
  /// `electra`.
  public static let name = "electra"
  /// `electra`.
  public static let modelTypes = ["electra"]
  /// `electra`, as in `electra.embeddings.word_embeddings.weight`.
  public static let weightScope: String? = "electra"

  /// A ``ELECTRA/Configuration``; see ``ModelFamily``.
  public static func configuration(
    from source: any ModelSource
  ) throws -> any ModelConfiguration {
    try ELECTRA.Configuration(of: source)
  }
}
