// SPDX-License-Identifier: Apache-2.0

extension EncoderDesign {
  /// The number of weights of a model of this shape, by arithmetic alone.
  ///
  /// With width d, inner width f, embeddings of width e and n layers that are stored: embeddings
  /// (vocabulary + positions + segments) e, their norm 2 e and what makes states of them e d + d,
  /// if anything does; each layer 4 (d² + d) of attention, 2 d f + f + d of perceptron and 4 d of
  /// norms; biases by distance buckets × heads; a pooler d² + d.
  ///
  /// - Parameter hasPooler: Whether the checkpoint has one, in families that may.
  /// - Returns: The number.
  public func parameterCount(hasPooler: Bool = true) -> Int {
    parameters(hasPooler: hasPooler) { $0 }
  }

  // In numbers that are large enough for them, before it is known that integers are.
  func parameters<Number: Numeric>(hasPooler: Bool, as number: (Int) -> Number) -> Number {
    let (d, f, e) = (number(width), number(innerWidth), number(embeddingWidth))
    let rows =
      number(vocabularyCount) + number(positionCount) + number(segmentCount ?? 0) + number(2)
    let attention = number(4) * (d * d + d)
    let perceptron = number(2) * d * f + f + d
    let layers = number(storedLayerCount) * (attention + perceptron + number(4) * d)
    let biases = number(bucketCount) * number(headCount)
    let projection = names.projection != nil ? e * d + d : number(0)
    let pooler = hasPooler && names.pooler != nil ? d * d + d : number(0)
    return rows * e + projection + biases + layers + pooler
  }
}
