// SPDX-License-Identifier: Apache-2.0

extension BERT.Configuration {
  /// The number of weights of a model of this shape, by arithmetic alone.
  ///
  /// With width d, inner width f and n layers: embeddings (vocabulary + positions + segments) d and
  /// their norm 2 d; each layer 4 (d² + d) of attention, 2 d f + f + d of perceptron and 4 d of
  /// norms; a pooler d² + d.
  public func parameterCount(hasPooler: Bool = true) -> Int {
    let embeddings = (vocabularyCount + positionLimit + segmentCount + 2) * width
    let attention = 4 * (width * width + width)
    let perceptron = 2 * width * innerWidth + innerWidth + width
    let pooler = hasPooler ? width * width + width : 0
    return embeddings + layerCount * (attention + perceptron + 4 * width) + pooler
  }

  /// The number of values in a classifier over one hidden state.
  public func headParameterCount(labels: Int) -> Int { labels * width + labels }

  /// The number of values that P-Tuning v2 trains, head aside.
  ///
  /// - Parameters:
  ///   - promptLength: The virtual tokens in each prompted layer.
  ///   - layers: The number of prompted layers.
  ///   - hidden: The width inside the perceptron that makes the prompt; `nil` without one.
  /// - Returns: The size of the table, or that of the embedding and the perceptron.
  public func deepPromptParameterCount(promptLength: Int, layers: Int, hidden: Int? = nil) -> Int {
    let columns = layers * 2 * width
    guard let hidden else { return promptLength * columns }
    return promptLength * width + hidden * (width + 1) + columns * (hidden + 1)
  }
}
