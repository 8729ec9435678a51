// SPDX-License-Identifier: Apache-2.0

extension T5.Configuration {
  /// The number of weights of a model of this shape, by arithmetic alone.
  ///
  /// With width d, inner width f, attention width a, V tokens, h heads and b buckets: embeddings V d
  /// and, untied, an output V d; each encoder layer 4 d a of attention, 2 d f of perceptron (3 d f
  /// if gated) and 2 d of norms; each decoder layer 4 d a + d more; a table b h and a norm d for
  /// each of the two stacks.
  public var parameterCount: Int {
    let attention = 4 * width * attentionWidth
    let perceptron = (isGated ? 3 : 2) * width * innerWidth
    let encoder = layerCount * (attention + perceptron + 2 * width)
    let decoder = decoderLayerCount * (2 * attention + perceptron + 3 * width)
    return (tiesOutput ? 1 : 2) * vocabularyCount * width + encoder + decoder
      + 2 * (bucketCount * headCount + width)
  }
}
