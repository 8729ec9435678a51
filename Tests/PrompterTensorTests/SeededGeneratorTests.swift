// SPDX-License-Identifier: Apache-2.0

import PrompterTensor
import Testing

@Suite struct SeededGeneratorTests {
  @Test func `the numbers are SplitMix64's`() {
    var generator = SeededGenerator(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    #expect(expected.indices.map { _ in generator.next() } == expected)
  }

  @Test func `every seed, purpose and index has numbers of its own`() {
    var firsts: Set<UInt64> = []
    for seed in UInt64(0)..<20 {
      for purpose in ["order", "dropout", "", "Dropout"] {
        for index in 0..<20 {
          var generator = SeededGenerator(seed: seed, purpose: purpose, index: index)
          firsts.insert(generator.next())
        }
      }
    }
    #expect(firsts.count == 20 * 4 * 20)
  }

  @Test func `a generator for a purpose is the same each time`() {
    var first = SeededGenerator(seed: 3, purpose: "order", index: 5)
    var second = SeededGenerator(seed: 3, purpose: "order", index: 5)
    for _ in 0..<10 { #expect(first.next() == second.next()) }
  }

  @Test func `uniform numbers fill 0 to 1, without 1`() {
    var generator = SeededGenerator(seed: 9)
    let draws = (0..<20_000).map { _ in generator.uniform() }
    #expect(draws.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(abs(draws.reduce(0, +) / 20_000 - 0.5) < 0.012)
    for tenth in 0..<10 {
      let count = draws.count { Int($0 * 10) == tenth }
      #expect(abs(count - 2_000) < 260)
    }
  }
}
