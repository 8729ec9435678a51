// SPDX-License-Identifier: Apache-2.0

extension T5.Configuration {
  /// The number of weights of a model of this shape, by arithmetic alone.
  ///
  /// With width d, inner width f, attention width a, V tokens, h heads and b buckets: embeddings V
  /// d and, untied, an output V d; each encoder layer 4 d a of attention, 2 d f of perceptron (3 d
  /// f if gated) and 2 d of norms; each decoder layer 4 d a + d more; a table b h and a norm d for
  /// each of the two stacks.
  public var parameterCount: Int { parameters { $0 } }

  // In numbers that are large enough for them, before it is known that integers are.
  func parameters<Number: Numeric>(as number: (Int) -> Number) -> Number {
    let (d, f, vocabulary) = (number(width), number(innerWidth), number(vocabularyCount))
    let attention = number(4) * d * number(headCount) * number(headSize)
    let perceptron = number(isGated ? 3 : 2) * d * f
    let encoder = number(layerCount) * (attention + perceptron + number(2) * d)
    let decoder =
      number(decoderLayerCount) * (number(2) * attention + perceptron + number(3) * d)
    let tables = number(tiesOutput ? 1 : 2) * vocabulary * d
    return tables + encoder + decoder
      + number(2) * (number(bucketCount) * number(headCount) + d)
  }
}
