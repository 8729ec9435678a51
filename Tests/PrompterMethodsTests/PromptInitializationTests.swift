// SPDX-License-Identifier: Apache-2.0

import PrompterMethods
import PrompterTensor
import Testing

@Suite struct PromptInitializationTests {
  // A table of width 3 whose row i is [i, -i, 1], so that a vector tells its token.
  private func embeddings(_ ids: [Int32]) -> Tensor {
    Tensor(ids.flatMap { [Float($0), -Float($0), 1] }, shape: [ids.count, 3])
  }

  private func vectors(
    _ initialization: PromptInitialization, length: Int, seed: UInt64 = 1
  ) -> [[Float]] {
    let tensor = initialization.vectors(
      length: length, width: 3, seed: seed, embeddings: embeddings)
    #expect(tensor.shape == [length, 3])
    let values = tensor.values
    return (0..<length).map { Array(values[$0 * 3..<($0 + 1) * 3]) }
  }

  private func tokens(
    _ initialization: PromptInitialization, length: Int, seed: UInt64 = 1
  ) -> [Float] {
    vectors(initialization, length: length, seed: seed).map { $0[0] }
  }

  @Test func `random values are even in -0.5 ..< 0.5`() {
    let values = vectors(.random, length: 2_000).flatMap(\.self)
    let isInside = values.allSatisfy { $0 >= -0.5 && $0 < 0.5 }
    #expect(isInside)
    #expect(abs(values.reduce(0, +)) / 6_000 < 0.02)
    // Each fifth of the range gets its fifth.
    for part in 0..<5 {
      let low = -0.5 + Float(part) / 5
      let share = values.count { $0 >= low && $0 < low + 0.2 }
      #expect((1_080...1_320).contains(share))
    }
  }

  @Test func `the code's random values are even in 0 ..< 0.5`() {
    let values = vectors(.positiveRandom, length: 2_000).flatMap(\.self)
    let isInside = values.allSatisfy { $0 >= 0 && $0 < 0.5 }
    #expect(isInside)
    #expect(abs(values.reduce(0, +) / 6_000 - 0.25) < 0.01)
    #expect(PromptInitialization.positiveRandom.kind == "random:code")
  }

  @Test func `the same seed gives the same values, another seed others`() {
    let candidates = [Int32](0..<900)
    for kind in [PromptInitialization.random, .vocabulary(candidates: candidates)] {
      #expect(vectors(kind, length: 20, seed: 3) == vectors(kind, length: 20, seed: 3))
      #expect(vectors(kind, length: 20, seed: 3) != vectors(kind, length: 20, seed: 4))
    }
  }

  @Test func `words are distinct and among the first 5,000 candidates`() {
    let candidates = [Int32](1_000..<10_000)
    let drawn = tokens(.vocabulary(candidates: candidates), length: 3_000)
    #expect(Set(drawn).count == 3_000)
    let isFrequent = drawn.allSatisfy { $0 >= 1_000 && $0 < 6_000 }
    #expect(isFrequent)
    #expect((drawn.max() ?? 0) > 5_500)
  }

  @Test func `few candidates repeat only when all are used`() {
    let drawn = tokens(.vocabulary(candidates: [4, 5, 6]), length: 7)
    #expect(Set(drawn.prefix(3)) == [4, 5, 6])
    #expect(Set(drawn[3..<6]) == [4, 5, 6])
  }

  @Test func `labels come first, their pieces averaged, then sampled words`() {
    let kind = PromptInitialization.labels([[2, 4], [], [9]], candidates: [100, 101, 102])
    let found = vectors(kind, length: 5)
    #expect(found[0] == [3, -3, 1])
    #expect(found[1] == [9, -9, 1])
    #expect(Set(found[2...].map { $0[0] }) == [100, 101, 102])
  }

  @Test func `more labels than virtual tokens are cut`() {
    let kind = PromptInitialization.labels([[2], [4], [9]], candidates: [100])
    #expect(tokens(kind, length: 2) == [2, 4])
    #expect(tokens(kind, length: 3) == [2, 4, 9])
  }

  @Test func `a text is cut or repeated to the length`() {
    #expect(tokens(.text([7, 8, 9]), length: 7) == [7, 8, 9, 7, 8, 9, 7])
    #expect(tokens(.text([7, 8, 9]), length: 2) == [7, 8])
  }

  @Test func `another prompt is cut or repeated to the length and shares no memory`() {
    let other = embeddings([7, 8, 9])
    let kind = PromptInitialization.prompt(other)
    #expect(tokens(kind, length: 5) == [7, 8, 9, 7, 8])
    #expect(tokens(kind, length: 1) == [7])
    #expect(kind.ownLength == 3 && PromptInitialization.random.ownLength == nil)
    let same = kind.vectors(length: 3, width: 3, seed: 1, embeddings: embeddings)
    #expect(same.buffer !== other.buffer)
  }
}
