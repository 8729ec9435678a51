// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCore
import PrompterTensor
import Testing

@Suite struct BeamSearchTests {
  private func chain(seed: UInt64, tokens: Int = 4) -> [[Float]] {
    var generator = SeededGenerator(seed: seed)
    return (0..<tokens).map { _ in (0..<tokens).map { _ in Float(4 * generator.uniform()) } }
  }

  // Every text of up to `length` tokens, with its log-likelihood; token 0 ends.
  private func all(
    _ chain: [[Float]], start: Int, length: Int
  ) -> [(tokens: [Int32], hasEnded: Bool, score: Double)] {
    let logits = chain[start].map { Double($0) }
    let sum = log(logits.reduce(0) { $0 + exp($1) })
    return logits.indices.flatMap { token -> [(tokens: [Int32], hasEnded: Bool, score: Double)] in
      let share = logits[token] - sum
      if token == 0 { return [([], true, share)] }
      if length == 1 { return [([Int32(token)], false, share)] }
      return all(chain, start: token, length: length - 1).map {
        ([Int32(token)] + $0.tokens, $0.hasEnded, share + $0.score)
      }
    }
  }

  @Test(arguments: 1...20)
  func `a search as wide as there are texts finds the likeliest one`(seed: UInt64) throws {
    let chain = chain(seed: seed)
    for penalty: Float in [0, 0.5, 1, 2] {
      let search = BeamSearch(width: 64, lengthPenalty: penalty, ending: .certain)
      let found = Generator(.beam(search), maximumLength: 3).texts(
        by: ChainDecoder(chain, starts: [1, 2]), end: 0, numbers: [0, 1])
      for (text, start) in zip(found, [1, 2]) {
        let scored = all(chain, start: start, length: 3).map { text in
          let length = Double(text.tokens.count + (text.hasEnded ? 1 : 0))
          return (text.tokens, text.hasEnded, text.score / pow(length, Double(penalty)))
        }
        let best = try #require(scored.max { $0.2 < $1.2 })
        #expect(abs(Double(text.score) - best.2) < 1e-5)
        // Of texts that are equally likely but for rounding, either may be found.
        let own = try #require(scored.first { $0.0 == text.tokens && $0.1 == text.hasEnded })
        #expect(abs(own.2 - best.2) < 1e-5)
      }
    }
  }

  // Hugging Face transformers 5.23 takes log-probabilities first and strikes out the end
  // afterwards.
  @Test(arguments: 1...20)
  func `a least length rules out short texts and makes no other likelier`(seed: UInt64) throws {
    let chain = chain(seed: seed)
    let search = BeamSearch(width: 64, lengthPenalty: 0.5, ending: .certain)
    let found = Generator(.beam(search), maximumLength: 3, minimumLength: 2).texts(
      by: ChainDecoder(chain, starts: [1]), end: 0, numbers: [0])
    let scored = all(chain, start: 1, length: 3).filter { !$0.hasEnded || $0.tokens.count >= 2 }
      .map { ($0.tokens, $0.score / 3.0.squareRoot()) }
    let best = try #require(scored.max { $0.1 < $1.1 })
    #expect(abs(Double(found[0].score) - best.1) < 1e-5)
    // The chain may give two texts the same likelihood.
    let own = try #require(scored.first { $0.0 == found[0].tokens })
    #expect(abs(own.1 - best.1) < 1e-5)
  }

  @Test(arguments: 1...20)
  func `a greedy text's score with a least length is that of a search of width 1`(seed: UInt64) {
    let chain = chain(seed: seed)
    let search = BeamSearch(width: 1, lengthPenalty: 0, ending: .full)
    func texts(_ strategy: DecodingStrategy) -> [GeneratedText] {
      Generator(strategy, maximumLength: 6, minimumLength: 3).texts(
        by: ChainDecoder(chain, starts: [1, 2]), end: 0, numbers: [0, 1])
    }
    let (greedy, beams) = (texts(.greedy), texts(.beam(search)))
    #expect(greedy.map(\.tokens) == beams.map(\.tokens))
    #expect(zip(greedy, beams).allSatisfy { abs($0.score - $1.score) < 1e-5 })
  }

  @Test(arguments: 1...20)
  func `a search of width 1 without a penalty writes what greedy decoding does`(seed: UInt64) {
    let chain = chain(seed: seed)
    // Greedy decoding knows nothing of a better text that ends later, nor does the search then.
    let search = BeamSearch(width: 1, lengthPenalty: 0, ending: .full)
    let starts = [1, 2, 3]
    func tokens(_ strategy: DecodingStrategy) -> [GeneratedText] {
      Generator(strategy, maximumLength: 6).texts(
        by: ChainDecoder(chain, starts: starts), end: 0, numbers: starts)
    }
    let (greedy, beams) = (tokens(.greedy), tokens(.beam(search)))
    #expect(greedy.map(\.tokens) == beams.map(\.tokens))
    #expect(zip(greedy, beams).allSatisfy { abs($0.score - $1.score) < 1e-5 })
  }

  @Test func `a search ends as soon as all candidates have ended, if asked to`() {
    // The end is always the likeliest, a longer text always likelier for its length.
    let chain: [[Float]] = [[0, 0, 0], [1, 0.9, 0.9], [1, 0.9, 0.9]]
    func steps(_ ending: BeamSearch.Ending) -> Int {
      let decoder = ChainDecoder(chain, starts: [1])
      let search = BeamSearch(width: 2, lengthPenalty: 3, ending: ending)
      _ = Generator(.beam(search), maximumLength: 9).texts(by: decoder, end: 0, numbers: [0])
      return decoder.rowCounts.count
    }
    #expect(steps(.full) == 2)
    #expect(steps(.certain) == 9)
  }
}
