// SPDX-License-Identifier: Apache-2.0

/// DistilBERT (Sanh and others 2019): half of BERT's layers, without segments and without a pooler.
public enum DistilBERT {
  /// What a DistilBERT folder's config.json says of the model's shape.
  public struct Configuration: EncoderConfiguration, Equatable {
    /// The shape.
    public let design: EncoderDesign

    /// `distilbert`.
    public var family: String { DistilBERTFamily.name }

    private enum CodingKeys: String, CodingKey {
      case modelType = "model_type"
      case width = "dim"
      case layerCount = "n_layers"
      case headCount = "n_heads"
      case innerWidth = "hidden_dim"
      case vocabularyCount = "vocab_size"
      case positionCount = "max_position_embeddings"
      case activation
      case hiddenDropout = "dropout"
      case attentionDropout = "attention_dropout"
    }

    /// Decodes the keys that transformers writes, with its defaults where one is missing.
    ///
    /// A table of sines is read as any other: files have it.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.expect(.modelType, DistilBERTFamily.modelTypes)
      let width = try values.size(.width)
      design = EncoderDesign(
        width: width, layerCount: try values.size(.layerCount),
        headCount: try values.size(.headCount), innerWidth: try values.size(.innerWidth),
        vocabularyCount: try values.size(.vocabularyCount),
        positionCount: try values.size(.positionCount), segmentCount: nil,
        activation: try values.activation(.activation), epsilon: 1e-12,
        hiddenDropout: try values.dropout(.hiddenDropout),
        attentionDropout: try values.dropout(.attentionDropout), embeddingWidth: width,
        names: Self.names)
      try design.check(widthKey: CodingKeys.width.rawValue)
    }

    private static let names = EncoderNames(
      scope: "distilbert", layers: "transformer.layer", attention: "attention",
      projections: ["q_lin", "k_lin", "v_lin"], attended: "attention.out_lin",
      attentionNorm: "sa_layer_norm", inner: "ffn.lin1", outer: "ffn.lin2",
      norm: "output_layer_norm", pooler: nil,
      maskedHead: MaskedHeadNames(
        "", dense: "vocab_transform", norm: "vocab_layer_norm", decoder: "vocab_projector"))
  }
}
