// SPDX-License-Identifier: Apache-2.0

extension DeBERTaV2.Configuration {
  /// The number of weights of a model of this shape, by arithmetic alone.
  ///
  /// With width d, width of words e, inner width f and n layers: embeddings (vocabulary + positions
  /// + segments) e, their projection e d if e is not d, and their norm 2 d; each layer 4 (d² + d)
  /// of attention, as much as d² + d again for each kind of terms that has projections of its own,
  /// 2 d f + f + d of perceptron and 4 d of norms; a table of relative positions 2 span d and its
  /// norm 2 d; a convolution d² size / groups + d and its norm 2 d; a pooler d² + d.
  public func parameterCount(hasPooler: Bool = false) -> Int {
    parameters(hasPooler: hasPooler) { $0 }
  }

  // In numbers that are large enough for them, before it is known that integers are.
  func parameters<Number: Numeric>(hasPooler: Bool, as number: (Int) -> Number) -> Number {
    let (d, e, f) = (number(width), number(embeddingWidth), number(innerWidth))
    let square = d * d + d
    let tables = number(vocabularyCount) + number(positionCount ?? 0) + number(segmentCount ?? 0)
    var sum = tables * e + (embeddingWidth == width ? number(0) : e * d) + number(2) * d
    let ownProjections = positions?.sharesProjections == false ? terms.count : 0
    let attention = number(4 + ownProjections) * square
    let perceptron = number(2) * d * f + f + d
    sum += number(layerCount) * (attention + perceptron + number(4) * d)
    if let positions {
      sum += number(2) * number(positions.distances.span) * d
      sum += positions.isNormalized ? number(2) * d : number(0)
    }
    if let convolution {
      sum += d * number(width / convolution.groups) * number(convolution.size) + number(3) * d
    }
    return sum + (hasPooler ? square : number(0))
  }
}
