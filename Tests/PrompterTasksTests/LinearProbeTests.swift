// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import PrompterTensor
import Synchronization
import Testing

@testable import PrompterTasks

@Suite struct LinearProbeTests {
  // Thirty states of five features with three labels, in formulas that any program can repeat.
  private static let examples: LabelledStates = {
    let labels = (0..<30).map { $0 * 7 % 3 }
    let values = labels.enumerated().flatMap { row, label in
      (0..<5).map { column -> Float in
        let wave = sin(0.7 * Double((row + 1) * (column + 1)))
        let telling = Double((label + column) % 3)
        return Float(0.5 * wave + 0.3 * telling + 2)
      }
    }
    return LabelledStates(
      states: Tensor(values, shape: [30, 5]), labels: labels.map { Int32($0) })
  }()

  private func probe(labels: Int = 3, seed: UInt64 = 3, threads: Int = 1) -> LinearProbe {
    LinearProbe(
      labels: labels,
      score: { Metric.accuracy.value(predictions: $0, references: $1, labelCount: labels) },
      seed: seed, team: ThreadTeam(count: threads, isPinned: false))
  }

  @Test func `at a penalty it is scikit-learn's logistic regression`() throws {
    // LogisticRegression(C=1 / (0.01 * 30), tol=1e-10) of scikit-learn 1.9 on the same states.
    let weight: [Float] = [
      -0.881734, 0.265049, 2.964462, -0.907099, -0.35746, -0.092596, 0.819792, -2.965569,
      0.183601, 0.938752, 0.974331, -1.084841, 0.001106, 0.723497, -0.581293,
    ]
    let bias: [Float] = [-2.886151, 2.239074, 0.647077]
    let result = try #require(probe().fit(Self.examples, strengths: [0.01 / 0.227392800816]))
    #expect(abs(result.fit.l2 - 0.01) < 1e-6)
    #expect(abs(result.fit.loss - 0.182574149) < 1e-4)
    #expect(result.fit.hasConverged)
    // What is added to all labels' biases alike changes nothing.
    let shift = result.bias.values.reduce(0, +) / 3 - bias.reduce(0, +) / 3
    for (ours, theirs) in zip(result.weight.values, weight) {
      #expect(abs(ours - theirs) < 1e-3)
    }
    for (ours, theirs) in zip(result.bias.values, bias) {
      #expect(abs(ours - shift - theirs) < 3e-3)
    }
  }

  @Test func `the number of threads changes no bit`() throws {
    let (one, three) = (probe().fit(Self.examples), probe(threads: 3).fit(Self.examples))
    let (first, second) = (try #require(one), try #require(three))
    #expect(first.weight.values == second.weight.values)
    #expect(first.bias.values == second.bias.values)
    #expect(first.fit.l2 == second.fit.l2)
    #expect(first.fit.iterations == second.fit.iterations)
  }

  @Test func `the penalty is chosen by examples that a fold has not seen`() throws {
    // Labels that the states do not tell: the less is learnt of them the better.
    var generator = SeededGenerator(seed: 1)
    let noise = LabelledStates(
      states: Tensor(normal: [60, 40], deviation: 1, using: &generator),
      labels: (0..<60).map { _ in generator.uniform() < 0.75 ? 0 : 1 })
    let blind = try #require(probe(labels: 2).fit(noise)).fit
    let seeing = try #require(probe().fit(Self.examples)).fit
    #expect(blind.l2 > 3 * seeing.l2)
    #expect(blind.loss > 0.2)
    #expect(seeing.score > 0.8)
    #expect(seeing.folds == 3 * 5)
  }

  @Test func `of penalties that score alike the strongest is taken`() throws {
    let strengths = [0.1, 0.03, 0.01]
    func chosen(_ score: @escaping @Sendable ([Int], [Int]) -> Double) throws -> Double {
      let probe = LinearProbe(
        labels: 3, score: score, seed: 3, team: ThreadTeam(count: 1, isPinned: false))
      return try #require(probe.fit(Self.examples, strengths: strengths)).fit.l2
    }
    let alike = try chosen { _, _ in 0.5 }
    // Half a standard error of 30 examples is 4.6 points, and no more than one point counts.
    let calls = Mutex(0)
    func rising(by step: Double) throws -> Double {
      calls.withLock { $0 = 0 }
      return try chosen { _, _ in
        calls.withLock {
          $0 += 1
          return 0.5 + step * Double($0)
        }
      }
    }
    #expect(try rising(by: 0.004) == alike)
    #expect(try abs(rising(by: 0.1) * 10 - alike) < 1e-9)
  }

  @Test(arguments: [1, 2, 3, 4, 7])
  func `few examples are enough`(count: Int) throws {
    let few = Self.examples.gathered(Array(0..<count))
    let result = try #require(probe().fit(few))
    #expect(result.weight.values.allSatisfy { $0.isFinite })
    #expect(result.fit.folds == 3 * min(5, count))
  }

  @Test func `a label without examples stays unlikely`() throws {
    let result = try #require(probe(labels: 4).fit(Self.examples))
    let predictions = indicesOfMaxima(
      SoftmaxClassifier(weight: result.weight, bias: result.bias).logits(of: Self.examples.states))
    #expect(!predictions.contains(3))
    #expect(result.bias.values.allSatisfy { $0.isFinite })
  }

  @Test func `states that are all alike give the labels' frequencies`() throws {
    let alike = LabelledStates(
      states: Tensor(repeating: 2, shape: [8, 3]), labels: [0, 0, 0, 1, 0, 0, 1, 0])
    let result = try #require(probe(labels: 2).fit(alike))
    #expect(abs(result.fit.loss - 0.5623351) < 1e-4)  // the entropy of 1/4 and 3/4
  }

  @Test func `it stops when it is told to`() {
    var told = 0
    let result = probe().fit(Self.examples) { _ in
      told += 1
      return told < 3
    }
    #expect(result == nil)
    #expect(told == 3)
  }
}
