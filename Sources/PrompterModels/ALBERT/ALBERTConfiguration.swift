// SPDX-License-Identifier: Apache-2.0

/// ALBERT (Lan and others 2020): BERT whose words are narrower than its states, and all of whose
/// layers have the same weights.
public enum ALBERT {
  /// What an ALBERT folder's config.json says of the model's shape.
  public struct Configuration: EncoderConfiguration, Equatable {
    /// The shape.
    public let design: EncoderDesign

    /// `albert`.
    public var family: String { ALBERTFamily.name }

    /// Decodes the keys that transformers writes, with its defaults where one is missing.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: EncoderKeys.self)
      var design = try EncoderDesign(
        values, of: ALBERTFamily.modelTypes, names: Self.names, activation: "gelu_new", dropout: 0)
      try values.expect(.groupCount, 1)
      try values.expect(.innerGroupCount, 1)
      // No file tells how often the one layer is gone through.
      guard design.layerCount <= 1 << 10 else {
        throw BackboneError.unusable(
          key: EncoderKeys.layerCount.rawValue, found: "\(design.layerCount)",
          expected: "at most 1024 layers that share their weights")
      }
      design.sharesLayers = true
      try design.narrowEmbeddings(
        from: values, default: 128, projection: "encoder.embedding_hidden_mapping_in",
        always: true)
      self.design = design
    }

    private static let names = EncoderNames(
      scope: "albert", layers: "encoder.albert_layer_groups.0.albert_layers.0",
      attention: "attention", attended: "attention.dense", attentionNorm: "attention.LayerNorm",
      inner: "ffn", outer: "ffn_output", norm: "full_layer_layer_norm", pooler: "pooler",
      maskedHead: MaskedHeadNames("predictions", dense: "dense", norm: "LayerNorm"))
  }
}
