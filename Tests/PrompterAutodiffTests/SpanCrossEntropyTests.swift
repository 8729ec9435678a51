// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite struct SpanCrossEntropyTests {
  @Test func `one group loses half of what its two columns do`() {
    var random = SeededRandom(seed: 1)
    let scores = random.tensor([7, 2], in: -4...4)
    let both = (0..<2).reduce(Float(0)) { sum, column in
      let values = (0..<7).map { scores.values[2 * $0 + column] }
      return sum
        + crossEntropy(
          Variable(Tensor(values, shape: [1, 7])), labels: [column == 0 ? 2 : 5], scale: 0.5
        ).value.values[0]
    }
    let loss = spanCrossEntropy(
      Variable(scores), groups: [SpanGroup(count: 7, start: 2, end: 5)], scale: 1)
    expectClose(loss.value, Tensor([both], shape: []))
  }

  @Test func `groups have right gradients, each by its weight`() {
    var random = SeededRandom(seed: 3)
    checkGradients(of: [random.tensor([10, 2], in: -3...3)]) {
      spanCrossEntropy(
        $0[0],
        groups: [
          SpanGroup(count: 3, start: 0, end: 2, weight: 0.5),
          SpanGroup(count: 1, start: 0, end: 0, weight: 0.5),
          SpanGroup(count: 6, start: 5, end: 1),
        ], scale: 0.25)
    }
  }

  @Test func `numbers are those of the definition`() {
    let tape = Tape()
    let scores = tape.variable(Tensor([1, 0, 2, 0], shape: [2, 2]))
    let loss = spanCrossEntropy(
      scores, groups: [SpanGroup(count: 2, start: 1, end: 0)], scale: 2)
    // log(1 + e⁻¹) + log 2
    expectClose(loss.value, Tensor([1.006_408_9], shape: []))
    tape.pullback(from: loss)
    expectClose(
      scores.gradient ?? scores.value,
      Tensor([0.268_941_4, -0.5, -0.268_941_4, 0.5], shape: [2, 2]))
  }

  @Test(arguments: [Float.nan, .infinity])
  func `a score that is no number gives a loss that is none`(value: Float) {
    let scores = Variable(Tensor([0, 0, value, 1], shape: [2, 2]))
    let loss = spanCrossEntropy(
      scores, groups: [SpanGroup(count: 2, start: 0, end: 0)], scale: 1)
    #expect(!loss.value.values[0].isFinite)
  }
}
