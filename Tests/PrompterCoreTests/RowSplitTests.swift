// SPDX-License-Identifier: Apache-2.0

import PrompterCore
import PrompterTensor
import Testing

@Suite struct RowSplitTests {
  @Test(arguments: 1...9)
  func `parts cover all rows in order`(parts: Int) {
    var generator = SeededGenerator(seed: UInt64(parts))
    for rows in 0..<30 {
      let costs = (0..<rows).map { _ in Int.random(in: 1...128, using: &generator) }
      let ranges = RowSplit.ranges(costs: costs, parts: parts)
      #expect(ranges.count == parts)
      #expect(ranges.flatMap { Array($0) } == Array(0..<rows))
      #expect(RowSplit.ranges(costs: costs, parts: parts) == ranges)
    }
  }

  @Test(arguments: 1...6)
  func `no part is off its share by more than the dearest row`(parts: Int) {
    var generator = SeededGenerator(seed: UInt64(parts))
    for _ in 0..<50 {
      let costs = (0..<32).map { _ in Int.random(in: 2...60, using: &generator) }
      let dearest = costs.max() ?? 0
      let share = costs.reduce(0, +) / parts
      for range in RowSplit.ranges(costs: costs, parts: parts) {
        #expect(abs(costs[range].reduce(0, +) - share) <= dearest + 2)
      }
    }
  }

  @Test(arguments: 1...9)
  func `shares hold every row once, in order, and always alike`(parts: Int) {
    var generator = SeededGenerator(seed: UInt64(parts))
    for rows in 0..<30 {
      let costs = (0..<rows).map { _ in Int.random(in: 0...128, using: &generator) }
      let shares = RowSplit.shares(costs: costs, parts: parts)
      #expect(shares.count == parts)
      #expect(shares.flatMap(\.self).sorted() == Array(0..<rows))
      #expect(shares.allSatisfy { $0 == $0.sorted() })
      #expect(RowSplit.shares(costs: costs, parts: parts) == shares)
    }
  }

  @Test(arguments: 2...4)
  func `shares differ by no more than the cheapest row that could even them out`(parts: Int) {
    var generator = SeededGenerator(seed: UInt64(parts))
    for _ in 0..<50 {
      let costs = (0..<32).map { _ in Int.random(in: 2...60, using: &generator) }
      let shares = RowSplit.shares(costs: costs, parts: parts)
      let spent = shares.map { $0.reduce(0) { $0 + costs[$1] } }
      let least = spent.min() ?? 0
      for (share, own) in zip(shares, spent) {
        let cheapest = share.map { costs[$0] }.min() ?? 0
        #expect(own - least <= cheapest)
      }
    }
  }

  @Test func `equal rows are shared out equally`() {
    let ranges = RowSplit.ranges(costs: [Int](repeating: 7, count: 12), parts: 4)
    #expect(ranges == [0..<3, 3..<6, 6..<9, 9..<12])
  }

  @Test func `with fewer rows than parts some parts are empty`() {
    let ranges = RowSplit.ranges(costs: [5, 5], parts: 5)
    #expect(ranges.filter { !$0.isEmpty }.map(\.count) == [1, 1])
    #expect(RowSplit.ranges(costs: [], parts: 3).allSatisfy { $0.isEmpty })
  }

  @Test func `rows without cost are not lost`() {
    #expect(RowSplit.ranges(costs: [0, 0, 0], parts: 2).flatMap { Array($0) } == [0, 1, 2])
  }
}
