// SPDX-License-Identifier: Apache-2.0

/// RoBERTa (Liu and others 2019), XLM-R (Conneau and others 2020) and CamemBERT (Martin and others
/// 2020): BERT with other data and pieces, whose positions are counted on from the padding's token.
public enum RoBERTa {
  /// What such a folder's config.json says of the model's shape.
  public struct Configuration: EncoderConfiguration, Equatable {
    /// The shape.
    public let design: EncoderDesign

    /// `roberta`.
    public var family: String { RoBERTaFamily.name }

    /// Decodes the keys that transformers writes, with its defaults where one is missing.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: EncoderKeys.self)
      var design = try EncoderDesign(
        values, of: RoBERTaFamily.modelTypes,
        names: EncoderNames(
          scope: "roberta",
          maskedHead: MaskedHeadNames(
            "lm_head", dense: "dense", norm: "layer_norm", alwaysGELU: true)))
      try design.countPositions(from: values, padding: 1)
      self.design = design
    }
  }
}
