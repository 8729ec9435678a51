// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTasks
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct TemperatureTests {
  private static let sure: [[Float]] = [
    [4, -3], [5, -4], [-6, 5], [-4.5, 4], [3, -2], [-3, 3.5], [2.5, -4], [-5, 4], [1, 0.5],
    [-2, 6],
  ]
  private static let shy: [[Float]] = [
    [0.4, 0.1, 0], [0.1, 0.6, 0.2], [0, 0.1, 0.5], [0.3, 0.2, 0.1], [0.1, 0, 0.3],
    [0.2, 0.5, 0.4], [0.6, 0.1, 0.3], [0.1, 0.2, 0.4], [0.2, 0.3, 0.1],
  ]

  private func scores(
    _ logits: [[Float]], _ references: [Int], at temperature: Temperature
  ) -> ProbabilityScores {
    ProbabilityScores(
      probabilities: logits.map(temperature.probabilities), references: references)
  }

  // By SciPy: minimize_scalar over log T of the mean of -log_softmax; the scores at it by
  // scikit-learn and NumPy.
  @Test func `the temperature is the one that SciPy finds`() {
    let sure = (Self.sure, [0, 0, 1, 1, 1, 1, 0, 0, 0, 1])
    let cooled = Temperature.fitted(to: sure.0, references: sure.1)
    #expect(abs(cooled.value - 5.679_749_57) < 1e-6)
    #expect(abs(scores(sure.0, sure.1, at: .one).logLoss - 1.448_551_077_942_829_7) < 1e-12)
    #expect(abs(scores(sure.0, sure.1, at: cooled).logLoss - 0.519_908_269_905_320_6) < 1e-12)
    #expect(abs(scores(sure.0, sure.1, at: cooled).brierScore - 0.340_270_184) < 1e-8)
    #expect(
      abs(scores(sure.0, sure.1, at: cooled).expectedCalibrationError() - 0.229_997_234) < 1e-7)

    let shy = (Self.shy, [0, 1, 2, 0, 2, 1, 0, 1, 1])
    let heated = Temperature.fitted(to: shy.0, references: shy.1)
    #expect(abs(heated.value - 0.089_030_808) < 1e-8)
    #expect(abs(scores(shy.0, shy.1, at: heated).logLoss - 0.404_903_082_230_076_7) < 1e-12)
  }

  @Test func `where there is nothing to learn it is 1`() {
    func expectOne(_ logits: [[Float]], _ references: [Int], _ what: Comment) {
      #expect(Temperature.fitted(to: logits, references: references) == .one, what)
    }
    expectOne([], [], "no examples")
    expectOne([[3, 1]], [0], "one that is right")
    expectOne([[3, 1]], [1], "one that is wrong")
    expectOne(Self.sure, Self.sure.map { $0[0] > $0[1] ? 0 : 1 }, "all right")
    expectOne(Self.sure, Self.sure.map { $0[0] > $0[1] ? 1 : 0 }, "all wrong")
    expectOne([[1, 1], [2, 2], [0, 0]], [0, 1, 1], "all ties")
    expectOne([[1], [2]], [0, 0], "one class")
    expectOne([[.nan, 1], [2, 1], [1, 2]], [0, 0, 0], "no number")
    expectOne([[.infinity, 1], [2, 1], [1, 2]], [0, 0, 0], "no finite number")
  }

  @Test func `it stays within its range`() {
    // Surely wrong more often than right, and right by a hair but once.
    let wrong = Temperature.fitted(to: [[9, 0], [9, 0], [9, 0]], references: [1, 1, 0])
    #expect(wrong.value == Temperature.fittedRange.upperBound)
    let right = Array(repeating: [Float(1e-3), 0], count: 99) + [[0, Float(1e-9)]]
    let tiny = Temperature.fitted(to: right, references: Array(repeating: 0, count: 100))
    #expect(abs(tiny.value - Temperature.fittedRange.lowerBound) < 1e-12)
    let huge = Temperature.fitted(
      to: [[3e38, -3e38], [3e38, -3e38], [-3e38, 3e38]], references: [0, 0, 0])
    #expect(huge.value == Temperature.fittedRange.upperBound)
  }

  // Logits of many sizes, some of them ties, and answers that go with them more or less.
  private func drawn(_ seed: Int) -> (logits: [[Float]], references: [Int]) {
    var random = SeededRandom(seed: seed)
    let (count, classes) = (1 + Int(random.next() % 40), 2 + Int(random.next() % 6))
    let size = pow(10, Double.random(in: -3...3, using: &random))
    let logits = (0..<count).map { _ in
      (0..<classes).map { _ in
        Float(size * (Double.random(in: -1...1, using: &random) * 8).rounded() / 8)
      }
    }
    let references = logits.map { row in
      let best = row.indices.max { row[$0] < row[$1] } ?? 0
      return random.next() % 3 > 0 ? best : Int(random.next() % UInt64(classes))
    }
    return (logits, references)
  }

  @Test func `fitting never raises the log loss, and no temperature near it is better`() {
    withEvery("seed", in: 0..<400) { seed in
      let (logits, references) = drawn(seed)
      let fitted = Temperature.fitted(to: logits, references: references)
      #expect(fitted == Temperature.fitted(to: logits, references: references))
      #expect(Temperature.fittedRange.contains(fitted.value))
      let loss = exactLoss(logits, references, at: fitted.value)
      #expect(loss <= exactLoss(logits, references, at: 1) * (1 + 1e-12))
      guard fitted != .one else { return }
      for near in [fitted.value * 0.99, fitted.value * 1.01]
      where Temperature.fittedRange.contains(near) {
        #expect(loss <= exactLoss(logits, references, at: near) * (1 + 1e-12))
      }
    }
  }

  // The log loss without any cut.
  private func exactLoss(
    _ logits: [[Float]], _ references: [Int], at temperature: Double
  ) -> Double {
    zip(logits, references).reduce(0) { sum, example in
      let top = Double(example.0.max() ?? 0)
      let rest = example.0.reduce(0) { $0 + exp((Double($1) - top) / temperature) }
      return sum + log(rest) - (Double(example.0[example.1]) - top) / temperature
    }
  }

  @Test func `no temperature changes the answer`() {
    withEvery("seed", in: 0..<400) { seed in
      let (logits, references) = drawn(seed)
      for temperature in [Temperature.fitted(to: logits, references: references), .init(20)] {
        for row in logits {
          let probabilities = temperature.probabilities(of: row)
          #expect(
            probabilities.firstIndex(of: probabilities.max() ?? 0)
              == row.firstIndex(of: row.max() ?? 0))
          #expect(abs(probabilities.reduce(0, +) - 1) < 1e-12)
        }
      }
    }
  }
}
