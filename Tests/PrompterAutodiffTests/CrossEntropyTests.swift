// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct CrossEntropyTests {
  @Test func `loss and gradient are right`() {
    withEvery("rows", in: [1, 2, 7, 33]) { rows in
      withEvery("labels", in: [1, 2, 5, 31]) { count in
        var random = SeededRandom(seed: rows * 17 + count)
        let logits = random.tensor([rows, count], in: -5...5)
        let labels = random.indices(rows, below: count)
        let scale = 1 / Float(rows)
        checkGradients(of: [logits]) { crossEntropy($0[0], labels: labels, scale: scale) }
        let expected = Reference.crossEntropy(Matrix(logits), labels: labels) / Double(rows)
        expectClose(
          crossEntropy(Variable(logits), labels: labels, scale: scale).value,
          Tensor([Float(expected)], shape: []))
      }
    }
  }

  @Test func `a row with a negative label counts for nothing`() {
    let logits = Tensor([1, 2, 30, 4], shape: [2, 2])
    let tape = Tape()
    let variable = tape.variable(logits)
    let loss = crossEntropy(variable, labels: [1, -1], scale: 1)
    expectClose(loss.value, Tensor([0.313_261_7], shape: []))
    tape.pullback(from: loss)
    expectClose(
      variable.gradient ?? logits,
      Tensor([0.268_941_4, -0.268_941_4, 0, 0], shape: [2, 2]))
  }

  @Test func `logits far apart overflow nothing`() {
    let tape = Tape()
    let logits = tape.variable(Tensor([-2000, 3000, 3000, -2000], shape: [2, 2]))
    let loss = crossEntropy(logits, labels: [0, 0], scale: 0.5)
    #expect(loss.value.values == [2500])
    tape.pullback(from: loss)
    #expect(logits.gradient?.values == [-0.5, 0.5, 0, 0])
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func `a logit that is no number gives a loss that is none`(value: Float) {
    let logits = Variable(Tensor([0, value, 1, value, value, 2], shape: [2, 3]))
    let loss = crossEntropy(logits, labels: [1, 0], scale: 1).value.values[0]
    #expect(!loss.isFinite)
  }
}
