// SPDX-License-Identifier: Apache-2.0

extension BERT.Configuration {
  /// The number of weights of a model of this shape, by arithmetic alone.
  ///
  /// With width d, inner width f and n layers: embeddings (vocabulary + positions + segments) d and
  /// their norm 2 d; each layer 4 (d² + d) of attention, 2 d f + f + d of perceptron and 4 d of
  /// norms; a pooler d² + d.
  public func parameterCount(hasPooler: Bool = true) -> Int {
    parameters(hasPooler: hasPooler) { $0 }
  }

  // In numbers that are large enough for them, before it is known that integers are.
  func parameters<Number: Numeric>(hasPooler: Bool, as number: (Int) -> Number) -> Number {
    let (d, f) = (number(width), number(innerWidth))
    let rows = number(vocabularyCount) + number(positionCount) + number(segmentCount) + number(2)
    let attention = number(4) * (d * d + d)
    let perceptron = number(2) * d * f + f + d
    let layers = number(layerCount) * (attention + perceptron + number(4) * d)
    return rows * d + layers + (hasPooler ? d * d + d : number(0))
  }
}
