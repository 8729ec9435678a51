// SPDX-License-Identifier: Apache-2.0

/// Correlations of two lists of numbers of the same length, 0 where one does not vary.
enum Correlation {
  /// Pearson's: the covariance over the product of the deviations.
  static func pearson(_ first: [Double], _ second: [Double]) -> Double {
    let count = Double(max(1, first.count))
    let (a, b) = (first.reduce(0, +) / count, second.reduce(0, +) / count)
    var (covariance, varianceA, varianceB) = (0.0, 0.0, 0.0)
    for (x, y) in zip(first, second) {
      covariance += (x - a) * (y - b)
      varianceA += (x - a) * (x - a)
      varianceB += (y - b) * (y - b)
    }
    guard varianceA > 0, varianceB > 0 else { return 0 }
    return covariance / (varianceA.squareRoot() * varianceB.squareRoot())
  }

  /// Spearman's: Pearson's of the ranks, equal numbers sharing the mean of theirs.
  static func spearman(_ first: [Double], _ second: [Double]) -> Double {
    pearson(ranks(of: first), ranks(of: second))
  }

  private static func ranks(of numbers: [Double]) -> [Double] {
    let order = numbers.indices.sorted { numbers[$0] < numbers[$1] }
    var ranks = Array(repeating: 0.0, count: numbers.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, numbers[order[end]] == numbers[order[start]] { end += 1 }
      for place in start..<end { ranks[order[place]] = Double(start + end - 1) / 2 }
      start = end
    }
    return ranks
  }
}
