// SPDX-License-Identifier: Apache-2.0

/// ELECTRA (Clark and others 2020): BERT without a pooler, whose words may be narrower than states.
///
/// Discriminators and generators are models of the same kind.
public enum ELECTRA {
  /// What an ELECTRA folder's config.json says of the model's shape.
  public struct Configuration: EncoderConfiguration, Equatable {
    /// The shape.
    public let design: EncoderDesign

    /// `electra`.
    public var family: String { ELECTRAFamily.name }

    /// Decodes the keys that transformers writes, with its defaults where one is missing.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: EncoderKeys.self)
      var design = try EncoderDesign(
        values, of: ELECTRAFamily.modelTypes,
        names: EncoderNames(
          scope: "electra", pooler: nil,
          maskedHead: MaskedHeadNames(
            "", dense: "generator_predictions.dense", norm: "generator_predictions.LayerNorm",
            decoder: "generator_lm_head", alwaysGELU: true)))
      try design.narrowEmbeddings(
        from: values, default: 128, projection: "embeddings_project", always: false)
      self.design = design
    }
  }
}
