// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCore
import Testing

@Suite struct GeneratorTests {
  @Test(arguments: [DecodingStrategy.greedy, .beam(BeamSearch(width: 2))], [0, 1, 3])
  func `a text does not end before it may`(strategy: DecodingStrategy, fewest: Int) {
    // The end is by far the likeliest token, whatever was written.
    let decoder = ChainDecoder(Array(repeating: [5, 2, 1], count: 3), starts: [1, 2])
    let texts = Generator(strategy, maximumLength: 6, minimumLength: fewest)
      .texts(by: decoder, end: 0, numbers: [0, 1])
    for text in texts {
      #expect(text.tokens == [Int32](repeating: 1, count: fewest))
      #expect(text.hasEnded)
    }
  }

  // Token 0 ends. After 1 comes 2, after 2 comes 3, after 3 the end.
  private let chain: [[Float]] = [
    [0, 0, 0, 0], [0, 0, 5, 1], [0, 0, 1, 5], [5, 0, 0, 1],
  ]

  @Test func `greedy texts end at the end token or at the limit`() {
    let decoder = ChainDecoder(chain, starts: [1, 3, 2])
    let texts = Generator(maximumLength: 2).texts(by: decoder, end: 0, numbers: [0, 1, 2])
    #expect(texts.map(\.tokens) == [[2, 3], [], [3]])
    #expect(texts.map(\.hasEnded) == [false, true, true])
    // A text that has ended is computed no further, nor is anything past the limit.
    #expect(decoder.rowCounts == [3, 2])
  }

  @Test func `a score is the log-likelihood of all tokens, the end included`() {
    let text = Generator(maximumLength: 5).texts(
      by: ChainDecoder(chain, starts: [2]), end: 0, numbers: [0])[0]
    #expect(text.tokens == [3] && text.hasEnded)
    let first = 5 - log(2 + exp(1) + exp(5.0))
    let second = 5 - log(exp(5.0) + 2 + exp(1))
    #expect(abs(Double(text.score) - (first + second)) < 1e-5)
  }

  @Test func `no rows give no texts`() {
    for strategy in [DecodingStrategy.greedy, .beam(BeamSearch(width: 2))] {
      let texts = Generator(strategy, maximumLength: 2).texts(
        by: ChainDecoder(chain, starts: []), end: 0, numbers: [])
      #expect(texts.isEmpty)
    }
  }
}
