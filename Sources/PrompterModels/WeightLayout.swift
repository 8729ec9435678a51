// SPDX-License-Identifier: Apache-2.0

public import PrompterCheckpoint
internal import PrompterTensor

/// The tensors that a model of some shape needs, so that a file's headers tell whether it has them
/// before anything is read or any memory asked for.
struct WeightLayout {
  /// Weights under the family's own names.
  let weights: Weights
  private(set) var names: Set<String> = []

  init(_ weights: Weights) {
    self.weights = weights
  }

  /// A tensor that there must be.
  mutating func expect(_ name: String, _ shape: Shape) throws {
    try weights.checkTensor(name, shape: shape)
    names.insert(name)
  }

  /// A linear layer's weight and bias.
  mutating func expectLinear(_ name: String, outputs: Int, inputs: Int) throws {
    try expect(name + ".weight", [outputs, inputs])
    try expect(name + ".bias", [outputs])
  }

  /// A layer norm's gain and offset.
  mutating func expectNorm(_ name: String, width: Int) throws {
    try expect(name + ".weight", [width])
    try expect(name + ".bias", [width])
  }

  /// The tensors that are neither needed nor known to be of no use.
  var unknownNames: [String] {
    weights.names.filter { !names.contains($0) && !CheckpointNames.ignored.contains($0) }
  }
}

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
