// SPDX-License-Identifier: Apache-2.0

import Foundation
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

  @Test func `a z-loss has a value and a gradient of its own`() {
    withEvery("zLoss", in: [1e-4, 0.05]) { zLoss in
      withEvery("labels", in: [1, 5, 31]) { count in
        var random = SeededRandom(seed: count)
        let logits = random.tensor([7, count], in: -5...5)
        var labels = random.indices(7, below: count)
        labels[3] = -1
        checkGradients(of: [logits]) { [labels] in
          crossEntropy($0[0], labels: labels, scale: 0.25, zLoss: zLoss)
        }
        let expected = Reference.crossEntropy(Matrix(logits), labels: labels, zLoss: zLoss) / 4
        expectClose(
          crossEntropy(Variable(logits), labels: labels, scale: 0.25, zLoss: zLoss).value,
          Tensor([Float(expected)], shape: []))
      }
    }
  }

  @Test func `a large vocabulary's loss and gradient are right`() {
    var random = SeededRandom(seed: 32)
    let logits = random.tensor([5, 32_128], in: -12...12)
    let labels: [Int32] = [0, 17, 32_127, -1, 9_999]
    let expected = Reference.crossEntropy(Matrix(logits), labels: labels, zLoss: 1e-4)
    let tape = Tape()
    let variable = tape.variable(logits)
    let loss = crossEntropy(variable, labels: labels, scale: 1, zLoss: 1e-4)
    expectClose(loss.value, Tensor([Float(expected)], shape: []), absolute: 1e-6, relative: 1e-7)
    tape.pullback(from: loss)
    let all = Matrix(logits)
    var gradient = Matrix(rows: 5, columns: 32_128)
    for (row, label) in labels.enumerated() where label >= 0 {
      let scores = (0..<32_128).map { all[row, $0] }
      let shares = Reference.softmax(scores)
      let logZ = scores[0] - log(shares[0])
      for column in scores.indices {
        gradient[row, column] = shares[column] * (1 + 2e-4 * logZ)
      }
      gradient[row, Int(label)] -= 1
    }
    expectClose(variable.gradient ?? logits, gradient.tensor, absolute: 1e-9, relative: 2e-6)
  }

  @Test func `a sure answer keeps its small gradient`() {
    let tape = Tape()
    let logits = tape.variable(Tensor([20, 0], shape: [1, 2]))
    tape.pullback(from: crossEntropy(logits, labels: [0], scale: 1))
    expectClose(
      logits.gradient ?? logits.value,
      Tensor([-2.061_153_6e-9, 2.061_153_6e-9], shape: [1, 2]), absolute: 1e-15)
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
