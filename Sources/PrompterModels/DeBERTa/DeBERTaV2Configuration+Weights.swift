// SPDX-License-Identifier: Apache-2.0

public import PrompterCheckpoint
internal import PrompterTensor

extension DeBERTaV2.Configuration {
  /// Checks that weights have all that such a model needs, from their headers alone.
  ///
  /// - Parameter weights: All weights of a folder.
  /// - Returns: The tensors that are not read, known heads and buffers aside.
  /// - Throws: `CheckpointError` if a tensor is missing, misshapen or of integers.
  @discardableResult
  public func check(_ weights: Weights) throws -> [String] {
    var layout = WeightLayout(try DeBERTaV2.ownWeights(of: weights))
    for (table, rows) in [
      ("word", vocabularyCount), ("position", positionCount), ("token_type", segmentCount),
    ] {
      guard let rows else { continue }
      try layout.expect("embeddings.\(table)_embeddings.weight", [rows, embeddingWidth])
    }
    if embeddingWidth != width {
      try layout.expect("embeddings.embed_proj.weight", [width, embeddingWidth])
    }
    try layout.expectNorm("embeddings.LayerNorm", width: width)
    for index in 0..<layerCount { try expectLayer("encoder.layer.\(index).", in: &layout) }
    try expectPositions(in: &layout)
    if let convolution {
      try layout.expect(
        "encoder.conv.conv.weight", [width, width / convolution.groups, convolution.size])
      try layout.expect("encoder.conv.conv.bias", [width])
      try layout.expectNorm("encoder.conv.LayerNorm", width: width)
    }
    if hasPooler(in: weights) {
      // Before the prefix that the others have, for it is a part of the classifier.
      var outer = WeightLayout(try weights.underStandardNames())
      try outer.expectLinear("pooler.dense", outputs: width, inputs: width)
    }
    return layout.unknownNames.filter { !$0.hasPrefix("pooler.") }
  }

  private func expectLayer(_ layer: String, in layout: inout WeightLayout) throws {
    let own = ownProjections
    for part in ["query_proj", "key_proj", "value_proj"] + own {
      try layout.expectLinear(layer + "attention.self." + part, outputs: width, inputs: width)
    }
    try layout.expectLinear(layer + "attention.output.dense", outputs: width, inputs: width)
    try layout.expectNorm(layer + "attention.output.LayerNorm", width: width)
    try layout.expectLinear(layer + "intermediate.dense", outputs: innerWidth, inputs: width)
    try layout.expectLinear(layer + "output.dense", outputs: width, inputs: innerWidth)
    try layout.expectNorm(layer + "output.LayerNorm", width: width)
  }

  private func expectPositions(in layout: inout WeightLayout) throws {
    guard let positions else { return }
    try layout.expect("encoder.rel_embeddings.weight", [2 * positions.distances.span, width])
    if positions.isNormalized { try layout.expectNorm("encoder.LayerNorm", width: width) }
  }

  /// The names of a layer's own projections of positions, queries before keys; none where the
  /// projections of hidden states serve them.
  var ownProjections: [String] {
    guard let positions, !positions.sharesProjections else { return [] }
    return (terms.contains(.positionToContent) ? ["pos_query_proj"] : [])
      + (terms.contains(.contentToPosition) ? ["pos_key_proj"] : [])
  }

  /// Whether weights have a classifier's pooler.
  public func hasPooler(in weights: Weights) -> Bool { weights.containsScope("pooler.dense") }
}
