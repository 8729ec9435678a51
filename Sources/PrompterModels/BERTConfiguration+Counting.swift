// SPDX-License-Identifier: Apache-2.0

extension BERT.Configuration {
  /// The number of weights of a model of this shape, by arithmetic alone.
  ///
  /// With width d, inner width f and n layers: embeddings (vocabulary + positions + segments) d and
  /// their norm 2 d; each layer 4 (d² + d) of attention, 2 d f + f + d of perceptron and 4 d of
  /// norms; a pooler d² + d.
  public func parameterCount(hasPooler: Bool = true) -> Int {
    let embeddings = (vocabularyCount + positionCount + segmentCount + 2) * width
    let attention = 4 * (width * width + width)
    let perceptron = 2 * width * innerWidth + innerWidth + width
    let pooler = hasPooler ? width * width + width : 0
    return embeddings + layerCount * (attention + perceptron + 4 * width) + pooler
  }
}
