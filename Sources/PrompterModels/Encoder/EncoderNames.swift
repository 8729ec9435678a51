// SPDX-License-Identifier: Apache-2.0

/// What files call the parts of an encoder of BERT's kind; what nearly all call alike is not here.
struct EncoderNames: Sendable, Equatable {
  /// What may stand before all names in files of models with heads, without its point.
  let scope: String
  /// What stands before a layer's number.
  var layers = "encoder.layer"
  /// What stands before queries, keys and values, within a layer.
  var attention = "attention.self"
  /// Queries, keys and values, within an attention.
  var projections = ["query", "key", "value"]
  /// The linear layer after attention, within a layer; as all that follow.
  var attended = "attention.output.dense"
  /// The norm after it.
  var attentionNorm = "attention.output.LayerNorm"
  /// The perceptron's first layer.
  var inner = "intermediate.dense"
  /// The perceptron's second layer.
  var outer = "output.dense"
  /// The norm after it.
  var norm = "output.LayerNorm"
  /// The linear layer between [CLS] and a head; nil where no checkpoint has one.
  var pooler: String? = "pooler.dense"
  /// What makes states of embeddings of another width; nil where they have the same.
  var projection: String?
  /// The table of biases by distance; nil where scores have none.
  var distances: String?
  /// The parts of a masked-language-model head; nil where no checkpoint has one.
  var maskedHead: MaskedHeadNames?
}
