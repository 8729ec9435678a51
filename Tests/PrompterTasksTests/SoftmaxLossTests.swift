// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import PrompterTensor
import Testing

@testable import PrompterTasks

@Suite struct SoftmaxLossTests {
  private let examples = LabelledStates(
    states: {
      var generator = SeededGenerator(seed: 5)
      return Tensor(normal: [13, 6], deviation: 1, using: &generator)
    }(),
    labels: (0..<13).map { Int32($0 * 7 % 3) })

  private let values: [Double] = {
    var generator = SeededGenerator(seed: 6)
    return (0..<21).map { _ in generator.uniform() - 0.5 }
  }()

  private func loss(most: Int, l2: Double = 0.3, threads: Int = 1) -> SoftmaxLoss {
    SoftmaxLoss(
      parts: examples.parts(of: 0..<examples.count, most: most), labels: 3, l2: l2,
      team: ThreadTeam(count: threads, isPinned: false))
  }

  // The formula, one number at a time.
  private func slow(_ values: [Double], l2: Double) -> Double {
    var sum = 0.0
    for (row, label) in examples.labels.enumerated() {
      let logits = (0..<3).map { label in
        (0..<6).reduce(values[18 + label]) {
          $0 + values[label * 6 + $1] * Double(examples.states.buffer[row * 6 + $1])
        }
      }
      sum += log(logits.reduce(0) { $0 + exp($1) }) - logits[Int(label)]
    }
    return sum / 13 + l2 / 2 * values.prefix(18).reduce(0) { $0 + $1 * $1 }
  }

  @Test func `the loss is the formula's`() {
    #expect(abs(loss(most: 5)(values).value - slow(values, l2: 0.3)) < 1e-6)
  }

  @Test func `the gradient is the loss's slope, the bias not penalized`() {
    let gradient = loss(most: 5)(values).gradient
    for index in values.indices {
      func moved(_ by: Double) -> [Double] {
        var values = values
        values[index] += by
        return values
      }
      let slope = (slow(moved(1e-5), l2: 0.3) - slow(moved(-1e-5), l2: 0.3)) / 2e-5
      #expect(abs(gradient[index] - slope) < 1e-5)
    }
  }

  @Test func `weighted examples count as if there were as many of them`() {
    // Label 1 three times, in one order of parts or another.
    var repeated: [Int] = []
    for (row, label) in examples.labels.enumerated() {
      repeated += Array(repeating: row, count: label == 1 ? 3 : 1)
    }
    func loss(_ examples: LabelledStates, _ weights: [Float]?) -> SoftmaxLoss {
      SoftmaxLoss(
        parts: examples.parts(of: 0..<examples.count, most: 5), labels: 3, weights: weights,
        l2: 0.3,
        team: ThreadTeam(count: 1))
    }
    let weighted = loss(examples, [1, 3, 1])(values)
    let plain = loss(examples.gathered(repeated), nil)(values)
    #expect(abs(weighted.value - plain.value) < 1e-6)
    for (first, second) in zip(weighted.gradient, plain.gradient) {
      #expect(abs(first - second) < 1e-6)
    }
  }

  @Test func `the number of threads changes no bit`() {
    let (one, three) = (loss(most: 4)(values), loss(most: 4, threads: 3)(values))
    #expect(one.value == three.value)
    #expect(one.gradient == three.gradient)
  }

  @Test func `weights over scaled states give the same logits over states as they are`() {
    let scale = StateScale(of: examples.states)
    let scaled = SoftmaxClassifier(values, labels: 3)
      .logits(of: scale.applied(to: examples.states))
    let plain = SoftmaxClassifier(scale.unscaled(values, labels: 3), labels: 3)
      .logits(of: examples.states)
    for (a, b) in zip(scaled.values, plain.values) { #expect(abs(a - b) < 1e-5) }
  }

  @Test func `scaled states have mean 0 and variance 1 together`() {
    let scaled = StateScale(of: examples.states).applied(to: examples.states).values
    for column in 0..<6 {
      let mean = stride(from: column, to: scaled.count, by: 6).reduce(0) { $0 + scaled[$1] }
      #expect(abs(mean) < 1e-5)
    }
    #expect(abs(scaled.reduce(0) { $0 + $1 * $1 } / Float(scaled.count) - 1) < 1e-5)
  }

  @Test func `states that are all equal stay finite`() {
    let states = Tensor(repeating: 3, shape: [4, 2])
    #expect(StateScale(of: states).applied(to: states).values.allSatisfy { $0 == 0 })
  }
}
