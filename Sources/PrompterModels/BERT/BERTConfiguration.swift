// SPDX-License-Identifier: Apache-2.0

/// BERT (Devlin and others 2019): the encoder that all of its kind are told apart from.
///
/// Words, positions and segments are summed and normalised; see ``PostNormEncoder``.
public enum BERT {
  /// What a BERT folder's config.json says of the model's shape.
  public struct Configuration: EncoderConfiguration, Equatable {
    /// The shape.
    public let design: EncoderDesign

    /// `bert`.
    public var family: String { BERTFamily.name }

    /// Decodes the keys that transformers writes, with its defaults where one is missing.
    public init(from decoder: any Decoder) throws {
      design = try EncoderDesign(
        decoder.container(keyedBy: EncoderKeys.self), of: BERTFamily.modelTypes,
        names: EncoderNames(
          scope: "bert",
          maskedHead: MaskedHeadNames(
            "cls.predictions", dense: "transform.dense", norm: "transform.LayerNorm")))
    }
  }
}
