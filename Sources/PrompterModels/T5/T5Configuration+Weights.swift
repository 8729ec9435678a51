// SPDX-License-Identifier: Apache-2.0

public import PrompterCheckpoint
internal import PrompterTensor

extension T5.Configuration {
  /// Checks that weights have all that such a model needs, from their headers alone.
  ///
  /// - Parameter weights: All weights of a folder.
  /// - Returns: The tensors that are not read, known heads and buffers aside.
  /// - Throws: `CheckpointError` if a tensor is missing, misshapen or of integers.
  @discardableResult
  public func check(_ weights: Weights) throws -> [String] {
    var layout = WeightLayout(try T5.ownWeights(of: weights))
    // Any of them will do; T5 itself compares those that are there.
    let tables = T5.embeddingNames.filter(layout.weights.contains)
    let output = [T5.outputName].filter(layout.weights.contains)
    let hasTable = !tables.isEmpty || tiesOutput && !output.isEmpty
    for name in (hasTable ? tables : [T5.embeddingNames[0]]) + output {
      try layout.expect(name, [vocabularyCount, width])
    }
    try expectStack("encoder", layers: layerCount, hasMemory: false, in: &layout)
    try expectStack("decoder", layers: decoderLayerCount, hasMemory: true, in: &layout)
    return layout.unknownNames
  }

  private func expectStack(
    _ stack: String, layers: Int, hasMemory: Bool, in layout: inout WeightLayout
  ) throws {
    try layout.expect(
      stack + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight",
      [bucketCount, headCount])
    for index in 0..<layers {
      let block = "\(stack).block.\(index).layer."
      for (number, attention) in ["SelfAttention", "EncDecAttention"].prefix(hasMemory ? 2 : 1)
        .enumerated()
      {
        try layout.expect(block + "\(number).layer_norm.weight", [width])
        for name in ["q", "k", "v"] {
          try layout.expect(
            block + "\(number).\(attention).\(name).weight", [attentionWidth, width])
        }
        try layout.expect(block + "\(number).\(attention).o.weight", [width, attentionWidth])
      }
      let last = block + (hasMemory ? "2." : "1.")
      try layout.expect(last + "layer_norm.weight", [width])
      for name in isGated ? ["wi_0", "wi_1"] : ["wi"] {
        try layout.expect(last + "DenseReluDense.\(name).weight", [innerWidth, width])
      }
      try layout.expect(last + "DenseReluDense.wo.weight", [width, innerWidth])
    }
    try layout.expect(stack + ".final_layer_norm.weight", [width])
  }
}
