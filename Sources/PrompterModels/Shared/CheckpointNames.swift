// SPDX-License-Identifier: Apache-2.0

public import PrompterCheckpoint

/// What published checkpoints call weights, beside the names that transformers writes today.
enum CheckpointNames {
  /// Ends of names and what they mean.
  ///
  /// Converters from TensorFlow left its names of a norm's gain and offset in the first BERTs
  /// (uncased, cased, multilingual, Chinese), and transformers reads them as these in any model.
  static let synonyms = [
    (old: "LayerNorm.gamma", new: "LayerNorm.weight"),
    (old: "LayerNorm.beta", new: "LayerNorm.bias"),
  ]

  /// Tensors that are in published files and have no part in what a model computes: buffers that
  /// transformers counts up itself, tables that it has stopped to use, and heads.
  static let ignored = IgnoredNames(
    endings: [
      "position_ids", "embeddings.token_type_ids", "_float_tensor", "rotary_emb.inv_freq",
      "EncDecAttention.relative_attention_bias.weight",
    ],
    beginnings: [
      "cls.", "classifier.", "score.", "qa_outputs.", "classification_head.", "lm_head.",
      "encoder.embed_tokens.", "decoder.embed_tokens.", "pre_classifier.", "vocab_transform.",
      "vocab_layer_norm.", "vocab_projector.", "discriminator_predictions.",
      "generator_predictions.", "generator_lm_head.", "predictions.", "sop_classifier.",
    ])

  struct IgnoredNames {
    let endings: [String]
    let beginnings: [String]

    func contains(_ name: String) -> Bool {
      endings.contains { name == $0 || name.hasSuffix("." + $0) }
        || beginnings.contains { name.hasPrefix($0) }
    }
  }

  /// What a tensor is called here.
  static func standardName(of name: String) -> String {
    for (old, new) in synonyms where name.hasSuffix(old) {
      return name.dropLast(old.count) + new
    }
    return name
  }
}

extension Weights {
  /// The same weights under the names that transformers gives them today.
  ///
  /// - Returns: The weights.
  /// - Throws: `CheckpointError` if a weight is there under two names and with different values.
  public func underStandardNames() throws -> Weights {
    try renamed(CheckpointNames.standardName)
  }

  /// The same without what stands before a family's own names.
  func withoutPrefix(_ scope: String?) -> Weights {
    guard let scope, containsScope(scope) else { return self }
    return self[scope]
  }
}
