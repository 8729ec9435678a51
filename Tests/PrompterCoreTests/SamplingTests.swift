// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCore
import Testing

@Suite struct SamplingTests {
  // Probabilities .5, .3, .15, .05 of tokens 2, 0, 3, 1.
  private let probabilities = [0.3, 0.05, 0.5, 0.15]

  // How often each token is drawn first.
  private func shares(_ sampling: Sampling, count: Int = 6000) -> [Double] {
    let logits = probabilities.map { Float(log($0)) + 3 }
    let decoder = ChainDecoder(
      [[Float]](repeating: logits, count: 4), starts: [Int](repeating: 0, count: count))
    let texts = Generator(.sampling(sampling), maximumLength: 1).texts(
      by: decoder, end: 1, numbers: Array(0..<count))
    var counts = [Double](repeating: 0, count: 4)
    for text in texts { counts[Int(text.tokens.first ?? 1)] += 1 }
    return counts.map { $0 / Double(count) }
  }

  private func isClose(_ found: [Double], _ expected: [Double]) -> Bool {
    // The standard error of 6,000 draws is at most 0.0065.
    zip(found, expected).allSatisfy { $1 == 0 ? $0 == 0 : abs($0 - $1) < 0.026 }
  }

  @Test func `tokens are drawn by their probabilities`() {
    #expect(isClose(shares(Sampling(seed: 1)), probabilities))
  }

  @Test func `a temperature sharpens or flattens them`() {
    let squares = probabilities.map { $0 * $0 }
    let sum = squares.reduce(0, +)
    #expect(isClose(shares(Sampling(temperature: 0.5, seed: 2)), squares.map { $0 / sum }))
  }

  @Test func `only the likeliest are drawn`() {
    #expect(isClose(shares(Sampling(topK: 2, seed: 3)), [0.375, 0, 0.625, 0]))
    #expect(isClose(shares(Sampling(topK: 1, seed: 3)), [0, 0, 1, 0]))
    #expect(isClose(shares(Sampling(topK: 9, seed: 3)), probabilities))
  }

  @Test func `only the likeliest that make up the share are drawn`() {
    #expect(isClose(shares(Sampling(topP: 0.7, seed: 4)), [0.375, 0, 0.625, 0]))
    #expect(isClose(shares(Sampling(topP: 0.4, seed: 4)), [0, 0, 1, 0]))
    let three = [0.3, 0, 0.5, 0.15].map { $0 / 0.95 }
    #expect(isClose(shares(Sampling(topP: 0.9, seed: 4)), three))
  }

  @Test func `what a row draws depends on the seed and its number alone`() {
    let logits: [[Float]] = (0..<300).map { row in (0..<300).map { Float(($0 * row) % 7) / 3 } }
    func texts(_ numbers: [Int], seed: UInt64) -> [[Int32]] {
      Generator(.sampling(Sampling(seed: seed)), maximumLength: 8).texts(
        by: ChainDecoder(logits, starts: numbers), end: 0, numbers: numbers
      ).map(\.tokens)
    }
    let all = texts([4, 5, 6], seed: 9)
    #expect(all == [4, 5, 6].map { texts([$0], seed: 9)[0] })
    #expect(all != texts([4, 5, 6], seed: 10))
  }
}
