// SPDX-License-Identifier: Apache-2.0

public import PrompterCheckpoint
internal import PrompterTensor

extension BERT.Configuration {
  /// Checks that weights have all that such a model needs, from their headers alone.
  ///
  /// - Parameter weights: All weights of a folder.
  /// - Returns: The tensors that are not read, known heads and buffers aside.
  /// - Throws: `CheckpointError` if a tensor is missing, misshapen or of integers.
  @discardableResult
  public func check(_ weights: Weights) throws -> [String] {
    var layout = WeightLayout(try BERT.ownWeights(of: weights))
    for (table, rows) in [
      ("word", vocabularyCount), ("position", positionCount), ("token_type", segmentCount),
    ] {
      try layout.expect("embeddings.\(table)_embeddings.weight", [rows, width])
    }
    try layout.expectNorm("embeddings.LayerNorm", width: width)
    for index in 0..<layerCount {
      let layer = "encoder.layer.\(index)."
      for part in ["self.query", "self.key", "self.value", "output.dense"] {
        try layout.expectLinear(layer + "attention." + part, outputs: width, inputs: width)
      }
      try layout.expectNorm(layer + "attention.output.LayerNorm", width: width)
      try layout.expectLinear(
        layer + "intermediate.dense", outputs: innerWidth, inputs: width)
      try layout.expectLinear(layer + "output.dense", outputs: width, inputs: innerWidth)
      try layout.expectNorm(layer + "output.LayerNorm", width: width)
    }
    if layout.weights.containsScope("pooler") {
      try layout.expectLinear("pooler.dense", outputs: width, inputs: width)
    }
    return layout.unknownNames
  }
}
