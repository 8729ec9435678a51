// SPDX-License-Identifier: Apache-2.0

/// MPNet (Song and others 2020): BERT without segments, positions counted on from the padding's
/// token, and scores biased by distance besides, alike in all layers.
public enum MPNet {
  /// What an MPNet folder's config.json says of the model's shape.
  public struct Configuration: EncoderConfiguration, Equatable {
    /// The shape.
    public let design: EncoderDesign

    /// `mpnet`.
    public var family: String { MPNetFamily.name }

    /// Decodes the keys that transformers writes, with its defaults where one is missing.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: EncoderKeys.self)
      var design = try EncoderDesign(
        values, of: MPNetFamily.modelTypes, names: Self.names, segments: nil)
      // transformers sorts distances into as many buckets, whatever the table has.
      try values.expect(.bucketCount, 32)
      design.bucketCount = 32
      // Of whatever number the padding is.
      try design.countPositions(after: 1)
      self.design = design
    }

    private static let names = EncoderNames(
      scope: "mpnet", attention: "attention.attn", projections: ["q", "k", "v"],
      attended: "attention.attn.o", attentionNorm: "attention.LayerNorm",
      distances: "encoder.relative_attention_bias",
      maskedHead: MaskedHeadNames(
        "lm_head", dense: "dense", norm: "layer_norm", alwaysGELU: true))
  }
}
