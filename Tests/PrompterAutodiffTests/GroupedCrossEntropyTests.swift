// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterAutodiff
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite struct GroupedCrossEntropyTests {
  @Test func `groups of one size lose what the rows of a matrix do`() {
    for (groups, size) in [(1, 1), (1, 4), (5, 3), (9, 2)] {
      var random = SeededRandom(seed: groups * 10 + size)
      let scores = random.tensor([groups * size, 1], in: -4...4)
      let labels = random.indices(groups, below: size)
      let matrix = Tensor(scores.values, shape: [groups, size])
      expectClose(
        groupedCrossEntropy(
          Variable(scores), counts: Array(repeating: size, count: groups), labels: labels,
          scale: 0.5
        ).value,
        crossEntropy(Variable(matrix), labels: labels, scale: 0.5).value)
    }
  }

  @Test func `groups of different sizes have right gradients`() {
    var random = SeededRandom(seed: 3)
    checkGradients(of: [random.tensor([10, 1], in: -3...3)]) {
      groupedCrossEntropy($0[0], counts: [2, 1, 4, 3], labels: [1, 0, 2, 0], scale: 0.25)
    }
  }

  @Test func `a group with a negative label counts for nothing`() {
    let tape = Tape()
    let scores = tape.variable(Tensor([1, 2, 30, 4], shape: [4, 1]))
    let loss = groupedCrossEntropy(scores, counts: [2, 2], labels: [1, -1], scale: 1)
    expectClose(loss.value, Tensor([0.313_261_7], shape: []))
    tape.pullback(from: loss)
    expectClose(
      scores.gradient ?? scores.value,
      Tensor([0.268_941_4, -0.268_941_4, 0, 0], shape: [4, 1]))
  }

  @Test func `of several true members any will do`() {
    var random = SeededRandom(seed: 5)
    let scores = random.tensor([9, 1], in: -3...3)
    let right = [[0, 2], [3], [], [0, 1]]
    checkGradients(of: [scores]) {
      groupedCrossEntropy($0[0], counts: [3, 4, 0, 2], right: right, scale: 0.5)
    }
    let values = scores.values
    func share(_ members: [Int], of group: Range<Int>) -> Float {
      members.reduce(0) { $0 + exp(values[group.lowerBound + $1]) }
        / group.reduce(0) { $0 + exp(values[$1]) }
    }
    let lost = -log(share([0, 2], of: 0..<3)) - log(share([3], of: 3..<7))
    let loss = groupedCrossEntropy(
      Variable(scores), counts: [3, 4, 0, 2], right: right, scale: 0.5)
    // Where all members are true there is nothing to lose.
    expectClose(loss.value, Tensor([lost / 2], shape: []))
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func `a score that is no number gives a loss that is none`(value: Float) {
    let scores = Variable(Tensor([0, value, 1], shape: [3, 1]))
    let loss = groupedCrossEntropy(scores, counts: [3], labels: [1], scale: 1).value.values[0]
    #expect(!loss.isFinite)
  }
}
