// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterCheckpoint
internal import PrompterCore
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor

/// What files call the parts of a masked-language-model head, beside the model and whole.
struct MaskedHeadNames: Sendable, Equatable {
  /// The layer between hidden states and norm.
  var dense: String
  /// The norm.
  var norm: String
  /// The decoder, whose weight a file may leave out where it is the table of words.
  var decoder: String
  /// What the decoder's bias may be called; the first that is there is taken.
  var biases: [String]
  /// Whether the layer's activation is GELU, whatever the model's own is.
  var alwaysGELU = false

  /// The names within a scope, most of which agree.
  init(
    _ scope: String, dense: String, norm: String, decoder: String = "decoder",
    alwaysGELU: Bool = false
  ) {
    let scope = scope.isEmpty ? "" : scope + "."
    self.dense = scope + dense
    self.norm = scope + norm
    self.decoder = scope + decoder
    biases = [scope + "bias", self.decoder + ".bias"]
    self.alwaysGELU = alwaysGELU
  }
}

extension EncoderDesign {
  /// The masked-language-model head of a folder's weights; nil if they have none.
  ///
  /// - Parameters:
  ///   - weights: All weights, under their own names.
  ///   - words: The table of words [vocabulary, embedding width], which is the decoder's weight
  ///     unless there is another.
  /// - Returns: The head.
  /// - Throws: `CheckpointError` if a part is missing or has another shape.
  func maskedLanguageHead(of weights: Weights, words: Parameter) throws -> MaskedLanguageHead? {
    guard let names = names.maskedHead else { return nil }
    let loader = ParameterLoader(weights: try weights.underStandardNames(), isTrained: false)
    guard let bias = names.biases.first(where: loader.weights.contains),
      loader.weights.contains(names.dense + ".weight")
    else { return nil }
    let dense = try loader[names.dense].linear(outputs: embeddingWidth, inputs: width)
    let norm = try loader[names.norm].layerNorm(width: embeddingWidth, epsilon: epsilon)
    let activation: Activation = names.alwaysGELU ? .gelu : activation
    let decoder = names.decoder + ".weight"
    return MaskedLanguageHead(
      decoder: loader.weights.contains(decoder)
        ? try loader.parameter(decoder, [vocabularyCount, embeddingWidth]) : words,
      bias: try loader.parameter(bias, [vocabularyCount])
    ) { hidden, pass in
      norm(
        activate(dense.product(hidden, in: pass), bias: pass(dense.bias), by: activation), in: pass)
    }
  }
}
