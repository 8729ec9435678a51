// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import PrompterTensor
import Testing

@testable import PrompterTasks

@Suite struct RidgeProbeTests {
  // Thirty states of five features with a number each, in formulas that any program can repeat.
  private static let states = Tensor(
    (0..<30).flatMap { row in
      (0..<5).map { Float(0.5 * sin(0.7 * Double((row + 1) * ($0 + 1))) + 2) }
    }, shape: [30, 5])

  private static let targets: [Float] = (0..<30).map { row in
    let state = (0..<5).map { Double(states.values[row * 5 + $0]) }
    return Float(40 + 3 * Double(row * 7 % 11) + state[1] - 2 * state[3])
  }

  // With next to no noise.
  private static let telling: [Float] = (0..<30).map { row in
    let state = (0..<5).map { Double(states.values[row * 5 + $0]) }
    return Float(100 + 50 * state[1] - 20 * state[3])
  }

  private func probe(seed: UInt64 = 3, threads: Int = 1) -> RidgeProbe {
    RidgeProbe(
      score: { RegressionMetric.pearson.value(predictions: $0, references: $1) }, seed: seed,
      team: ThreadTeam(count: threads, isPinned: false))
  }

  @Test func `at a penalty it is scikit-learn's ridge regression`() throws {
    // Ridge(alpha=0.05 * 0.12593132 * 30) of scikit-learn 1.9 on the same states.
    let weight = [-3.206669, -2.656265, 3.274181, -6.585107, 3.587073]
    let result = try #require(
      probe().fit(Self.states, targets: Self.targets, strengths: [0.05]))
    for (ours, theirs) in zip(result.weight.values, weight) {
      #expect(abs(Double(ours) - theirs) < 1e-4)
    }
    #expect(abs(result.bias.values[0] - 64.601_98) < 1e-3)
    #expect(abs(result.fit.l2 - 0.006_296_566) < 1e-8)
    #expect(abs(result.fit.loss - 78.421_445) < 1e-4)
    #expect(result.fit.hasConverged && result.fit.iterations == 0)
    #expect(result.weight.shape == [1, 5] && result.bias.shape == [1])
  }

  @Test func `the penalty is weak where states tell, and strong where they do not`() throws {
    let telling = try #require(probe().fit(Self.states, targets: Self.telling)).fit
    #expect(telling.score > 0.999 && telling.loss < 0.01)
    let noisy = try #require(probe().fit(Self.states, targets: Self.targets)).fit
    #expect(noisy.l2 > 100 * telling.l2)
    #expect(noisy.folds == 15)
  }

  @Test func `the number of threads changes no bit, the seed the folds`() throws {
    func head(_ seed: UInt64, _ threads: Int) throws -> FittedHead {
      try #require(probe(seed: seed, threads: threads).fit(Self.states, targets: Self.targets))
    }
    let (one, three, other) = (try head(3, 1), try head(3, 3), try head(4, 1))
    #expect(one.weight.values == three.weight.values && one.bias.values == three.bias.values)
    #expect(one.fit.score == three.fit.score)
    #expect(one.fit.score != other.fit.score)
  }

  @Test func `numbers in other units give the same head in other units`() throws {
    let plain = try #require(probe().fit(Self.states, targets: Self.targets))
    let scaled = try #require(
      probe().fit(Self.states, targets: Self.targets.map { $0 * 1_024 }))
    for (a, b) in zip(plain.weight.values, scaled.weight.values) { #expect(a * 1_024 == b) }
    #expect(plain.fit.l2 == scaled.fit.l2)
  }

  @Test(arguments: [1, 2, 3])
  func `few examples or equal states are no trouble`(count: Int) throws {
    let targets: [Float] = Array([4, 6, 11].prefix(count))
    let states = Tensor(repeating: 0.5, shape: [count, 4])
    let head = try #require(probe().fit(states, targets: targets))
    let mean = targets.reduce(0, +) / Float(count)
    #expect(abs(head.bias.values[0] - mean) < 1e-5)
    #expect(head.weight.values.allSatisfy { abs($0) < 1e-6 })
  }

  @Test func `it tells how far it is and stops if told to`() {
    var shares: [Double] = []
    let head = probe().fit(Self.states, targets: Self.targets) { share in
      shares.append(share)
      return shares.count < 2
    }
    #expect(head == nil)
    #expect(shares == [1.0 / 15, 2.0 / 15])
  }
}
