// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct SquaredErrorTests {
  @Test func `loss and gradient are right`() {
    withEvery("rows", in: [1, 2, 7, 33]) { rows in
      var random = SeededRandom(seed: rows)
      let outputs = random.tensor([rows, 1], in: -5...5)
      let targets = random.tensor([rows], in: -5...5).values
      let scale = 1 / Float(rows)
      checkGradients(of: [outputs]) { squaredError($0[0], targets: targets, scale: scale) }
      var expected = 0.0
      for (output, target) in zip(outputs.values, targets) {
        expected += (Double(output) - Double(target)) * (Double(output) - Double(target))
      }
      expectClose(
        squaredError(Variable(outputs), targets: targets, scale: scale).value,
        Tensor([Float(expected / Double(rows))], shape: []))
    }
  }

  @Test func `it is what a hand finds`() {
    let tape = Tape()
    let outputs = tape.variable(Tensor([1, 4, -2], shape: [3, 1]))
    let loss = squaredError(outputs, targets: [3, 4, 1], scale: 0.5)
    #expect(loss.value.values == [6.5])
    tape.pullback(from: scaled(loss, by: 3))
    #expect(outputs.gradient?.values == [-6, 0, -9])
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func `an output that is no number gives a loss that is none`(value: Float) {
    let outputs = Variable(Tensor([0, value], shape: [2, 1]))
    #expect(!squaredError(outputs, targets: [1, 2], scale: 1).value.values[0].isFinite)
  }
}
