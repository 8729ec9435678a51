// SPDX-License-Identifier: Apache-2.0

internal import PrompterCheckpoint
internal import PrompterTensor

extension EncoderDesign {
  /// A folder's weights under the family's own names.
  func ownWeights(of weights: Weights) throws -> Weights {
    try weights.underStandardNames().withoutPrefix(names.scope)
  }

  /// Whether weights have a pooler's, with or without the prefix.
  func hasPooler(in weights: Weights) -> Bool {
    guard let pooler = names.pooler else { return false }
    return weights.containsScope(pooler) || weights.containsScope("\(names.scope).\(pooler)")
  }

  /// Checks that weights have all that such a model needs, from their headers alone.
  ///
  /// - Parameter weights: All weights of a folder.
  /// - Returns: The tensors that are not read, known heads and buffers aside.
  /// - Throws: `CheckpointError` if a tensor is missing, misshapen or of integers.
  func check(_ weights: Weights) throws -> [String] {
    var layout = WeightLayout(try ownWeights(of: weights))
    for (table, rows) in [
      ("word", vocabularyCount), ("position", positionCount), ("token_type", segmentCount),
    ] {
      guard let rows else { continue }
      try layout.expect("embeddings.\(table)_embeddings.weight", [rows, embeddingWidth])
    }
    try layout.expectNorm("embeddings.LayerNorm", width: embeddingWidth)
    if let projection = names.projection {
      try layout.expectLinear(projection, outputs: width, inputs: embeddingWidth)
    }
    if let distances = names.distances {
      try layout.expect(distances + ".weight", [bucketCount, headCount])
    }
    for index in 0..<storedLayerCount { try expectLayer(scope(ofLayer: index) + ".", in: &layout) }
    if let pooler = names.pooler, layout.weights.containsScope(pooler) {
      try layout.expectLinear(pooler, outputs: width, inputs: width)
    }
    return layout.unknownNames
  }

  private func expectLayer(_ layer: String, in layout: inout WeightLayout) throws {
    for part in names.projections.map({ "\(names.attention).\($0)" }) + [names.attended] {
      try layout.expectLinear(layer + part, outputs: width, inputs: width)
    }
    try layout.expectNorm(layer + names.attentionNorm, width: width)
    try layout.expectLinear(layer + names.inner, outputs: innerWidth, inputs: width)
    try layout.expectLinear(layer + names.outer, outputs: width, inputs: innerWidth)
    try layout.expectNorm(layer + names.norm, width: width)
  }
}
