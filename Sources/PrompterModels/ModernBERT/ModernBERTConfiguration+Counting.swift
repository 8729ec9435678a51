// SPDX-License-Identifier: Apache-2.0

extension ModernBERT.Configuration {
  /// The number of weights of a model of this shape, by arithmetic alone.
  ///
  /// With width d, inner width f, n layers and no biases: embeddings vocabulary d, their norm d and
  /// the last norm d; each layer 4 d² of attention, 3 d f of perceptron and 2 d of norms, the first
  /// one d less; a layer before the head d² + d.
  public func parameterCount(hasPooler: Bool = true) -> Int {
    parameters(hasPooler: hasPooler) { $0 }
  }

  // In numbers that are large enough for them, before it is known that integers are.
  func parameters<Number: Numeric>(hasPooler: Bool, as number: (Int) -> Number) -> Number {
    let (d, f, n) = (number(width), number(innerWidth), number(layerCount))
    let zero = number(0)
    let attention = number(4) * (d * d + (biases.attention ? d : zero))
    let perceptron =
      number(3) * d * f + (biases.perceptron ? number(2) * f + d : zero)
    let norm = biases.norms ? d + d : d
    let head = hasPooler ? d * d + norm + (biases.head ? d : zero) : zero
    // The embeddings' and the last norm, and two of each layer but the first one's first.
    let norms = (number(2) * n + number(1)) * norm
    return number(vocabularyCount) * d + n * (attention + perceptron) + norms + head
  }
}
