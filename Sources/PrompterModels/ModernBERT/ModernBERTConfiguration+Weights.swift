// SPDX-License-Identifier: Apache-2.0

public import PrompterCheckpoint
internal import PrompterTensor

extension ModernBERT.Configuration {
  /// Checks that weights have all that such a model needs, from their headers alone.
  ///
  /// - Parameter weights: All weights of a folder.
  /// - Returns: The tensors that are not read, known heads and buffers aside.
  /// - Throws: `CheckpointError` if a tensor is missing, misshapen or of integers.
  @discardableResult
  public func check(_ weights: Weights) throws -> [String] {
    var layout = WeightLayout(try ModernBERT.ownWeights(of: weights))
    try layout.expect("embeddings.tok_embeddings.weight", [vocabularyCount, width])
    try layout.expectNorm("embeddings.norm", width: width, hasOffset: biases.norms)
    for index in 0..<layerCount {
      try check(layer: index, in: &layout)
    }
    try layout.expectNorm("final_norm", width: width, hasOffset: biases.norms)
    if hasPooler(in: layout.weights) {
      try layout.expectMap("head.dense", [width, width], hasBias: biases.head)
      try layout.expectNorm("head.norm", width: width, hasOffset: biases.norms)
    }
    return layout.unknownNames.filter { !$0.hasPrefix("decoder.") }
  }

  private func check(layer index: Int, in layout: inout WeightLayout) throws {
    let layer = "layers.\(index)."
    for norm in index == 0 ? ["mlp_norm"] : ["attn_norm", "mlp_norm"] {
      try layout.expectNorm(layer + norm, width: width, hasOffset: biases.norms)
    }
    try layout.expectMap(layer + "attn.Wqkv", [3 * width, width], hasBias: biases.attention)
    try layout.expectMap(layer + "attn.Wo", [width, width], hasBias: biases.attention)
    try layout.expectMap(
      layer + "mlp.Wi", [2 * innerWidth, width], hasBias: biases.perceptron)
    try layout.expectMap(layer + "mlp.Wo", [width, innerWidth], hasBias: biases.perceptron)
  }
}
