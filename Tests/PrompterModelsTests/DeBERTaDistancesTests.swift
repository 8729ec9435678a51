// SPDX-License-Identifier: Apache-2.0

import PrompterModels
import Testing

/// Numbers by `build_relative_position` of transformers, cut and shifted as attention does it.
@Suite struct DeBERTaDistancesTests {
  private func rows(_ distances: DeBERTaDistances, reach: Int) -> [Int] {
    (-reach...reach).map { distances.row(of: $0) }
  }

  @Test func `without buckets each distance up to the reach has a row`() {
    let rows = rows(DeBERTaDistances(bucketCount: nil, reach: 5), reach: 11)
    #expect(
      rows == [9, 9, 9, 9, 9, 9, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0])
  }

  @Test func `far distances share buckets by their logarithm`() {
    expect(
      DeBERTaDistances(bucketCount: 7, reach: 12), reach: 24,
      has: [
        (13, 13), (12, 6), (11, 2), (10, 1), (9, 1), (8, 1), (7, 1), (6, 1), (5, 1), (4, 1), (3, 2),
        (2, 6), (1, 10), (0, 3),
      ])
    expect(
      DeBERTaDistances(bucketCount: 8, reach: 20), reach: 39,
      has: [
        (15, 28), (14, 5), (13, 2), (12, 1), (11, 1), (10, 1), (9, 1), (8, 1), (7, 1), (6, 1),
        (5, 1), (4, 1), (3, 2), (2, 5), (1, 8), (0, 20),
      ])
  }

  private func expect(
    _ distances: DeBERTaDistances, reach: Int, has runs: [(row: Int, count: Int)]
  ) {
    let expected = runs.flatMap { [Int](repeating: $0.row, count: $0.count) }
    #expect(rows(distances, reach: reach) == expected)
  }

  @Test func `the buckets of version 3 are transformers', all of them`() {
    let distances = DeBERTaDistances(bucketCount: 256, reach: 512)
    let rows = rows(distances, reach: 1199)
    #expect(rows.enumerated().reduce(0) { $0 + ($1.offset + 1) * $1.element } == 380_466_350)
    let lengths = [127, 128, 129, 130, 200, 511, 512, 600]
    #expect(lengths.map { distances.row(of: -$0) } == [383, 384, 385, 386, 425, 511, 511, 511])
    #expect(lengths.map { distances.row(of: $0) } == [129, 128, 127, 126, 87, 1, 0, 0])
  }
}
