// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct AssemblyTests {
  // Row 1 of the copied ones stands three times, row 2 nowhere.
  private let slots: [Int32] = [-2, 0, -2, 1, -1, 3, -2, 2]

  private func tables(_ random: inout SeededRandom, _ width: Int) -> (Tensor, Tensor) {
    (random.tensor([4, width]), random.tensor([3, width]))
  }

  @Test func `the gradients of copied rows are right`() {
    var random = SeededRandom(seed: 3)
    let (constants, copied) = tables(&random, 5)
    let weight = PackedMatrix(random.tensor([6, 5]).buffer, outputs: 6, inputs: 5)
    checkGradients(of: [copied]) { [slots] in
      assembled(slots, constants: Variable(constants), copied: $0[0]).mappingRows {
        tanh(product($0, weight))
      }
    }
  }

  @Test(arguments: Precision.allCases)
  func `a layer of each row once is the layer of all rows`(precision: Precision) {
    var random = SeededRandom(seed: 4)
    let (constants, copied) = tables(&random, 32)
    let weight = PackedMatrix(
      random.tensor([48, 32]).buffer, outputs: 48, inputs: 32, precision: precision)
    let seed = random.tensor([slots.count, 48])
    func run(_ layer: (Variable) -> Variable) -> (value: Tensor, gradient: Tensor?) {
      let tape = Tape()
      let rows = tape.variable(copied)
      let y = layer(assembled(slots, constants: Variable(constants), copied: rows))
      tape.pullback(from: y, seed: seed)
      return (y.value, rows.gradient)
    }
    let once = run { $0.mappingRows { product($0, weight) } }
    let all = run { product($0, weight) }
    expectSameBits(once.value, all.value)
    // The sum of rounded gradients, or the rounded sum of gradients.
    expectClose(
      once.gradient ?? seed, all.gradient ?? seed, absolute: precision == .float32 ? 1e-4 : 0.2)
  }

  @Test func `what is left of an assembly may be mapped again, and is added to`() {
    var random = SeededRandom(seed: 5)
    let (constants, copied) = tables(&random, 7)
    let weight = PackedMatrix(random.tensor([7, 7]).buffer, outputs: 7, inputs: 7)
    checkGradients(of: [copied]) { [slots] in
      let x = assembled(slots, constants: Variable(constants), copied: $0[0])
      let y = x.mappingRows { tanh($0) }.mappingRows { product($0, weight) }
      return layerNorm(
        y, residual: x, gain: Variable(Tensor(repeating: 1, shape: [7])),
        offset: Variable(Tensor(zeros: [7])), epsilon: 1e-5)
    }
  }

  @Test func `whatever was not assembled is mapped as it is`() {
    let x = Variable(Tensor([0.5, -1], shape: [2, 1]))
    expectSameBits(x.mappingRows { tanh($0) }.value, tanh(x).value)
  }

  @Test(arguments: [false, true])
  func `an embedding in parts is the embedding, words trained or not`(isTrained: Bool) {
    var random = SeededRandom(seed: 6)
    let (words, vectors) = (random.tensor([10, 4]), random.tensor([3, 4]))
    let seed = random.tensor([5, 4])
    let slots = EmbeddingSlots(
      tokens: [-1, -3, 7, -1, 9], positions: [0, 0, 0, 0, 0], segments: [0, 0, 0, 0, 0])
    func run(inParts: Bool) -> [Tensor?] {
      let tape = Tape()
      let table = isTrained ? tape.variable(words) : Variable(words)
      let prompt = tape.variable(vectors)
      func embed(_ slots: EmbeddingSlots, _ virtualTokens: Variable?) -> Variable {
        embedding(slots.tokens, tokens: table, virtualTokens: virtualTokens)
      }
      let x =
        inParts ? assembled(slots, virtualTokens: prompt, by: embed) : embed(slots, prompt)
      tape.pullback(from: x, seed: seed)
      return [x.value, prompt.gradient, table.gradient]
    }
    for (found, expected) in zip(run(inParts: true), run(inParts: false)) {
      #expect((found == nil) == (expected == nil))
      if let found, let expected { expectSameBits(found, expected) }
    }
  }

  @Test func `slots come apart into words and virtual tokens`() throws {
    let slots = EmbeddingSlots(
      tokens: [-4, -2, 7, -4, -2, 7, 9], positions: [0, 1, 2, 0, 1, 2, 3],
      segments: [0, 0, 0, 0, 0, 0, 1])
    let parts = try #require(slots.apart())
    #expect(parts.words.tokens == [7, 7, 9])
    #expect(parts.words.positions == [2, 2, 3])
    #expect(parts.words.segments == [0, 0, 1])
    #expect(parts.virtualTokens.tokens == [-4, -2])
    #expect(parts.virtualTokens.positions == [0, 1])
    #expect(parts.slots == [-1, -2, 0, -1, -2, 1, 2])
  }

  @Test(arguments: [
    EmbeddingSlots(tokens: [3, 4], positions: [0, 1], segments: [0, 0]),
    EmbeddingSlots(tokens: [-1, -2], positions: [0, 1], segments: [0, 0]),
    // One virtual token at two positions, or in two segments: its copies differ.
    EmbeddingSlots(tokens: [-1, 4, 3, -1], positions: [0, 1, 0, 1], segments: [0, 0, 0, 0]),
    EmbeddingSlots(tokens: [-1, 4, -1, 3], positions: [0, 1, 0, 1], segments: [0, 0, 1, 1]),
  ])
  func `slots without copies stay together`(slots: EmbeddingSlots) {
    #expect(slots.apart() == nil)
  }
}
