// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterAutodiff
import PrompterKernels
import PrompterNN
import PrompterTensor
import Testing

@Suite struct AdamWTests {
  private func parameters(_ seed: UInt64 = 1) -> [Parameter] {
    var generator = SeededGenerator(seed: seed)
    return [Shape([3, 5]), [1], [37]].enumerated().map { index, shape in
      let value = Tensor(normal: shape, deviation: 1, using: &generator)
      return Parameter("p\(index)", value, isTrained: true)
    }
  }

  private func gradients(step: Int) -> [Tensor] {
    var generator = SeededGenerator(seed: 9, purpose: "gradients", index: step)
    return [Shape([3, 5]), [1], [37]].map {
      Tensor(normal: $0, deviation: 0.1, using: &generator)
    }
  }

  /// Algorithm 2 of the paper, one number at a time in double precision.
  private struct Slow {
    var value: Double
    var first = 0.0
    var second = 0.0

    mutating func update(_ gradient: Double, step: Int, rate: Double, decay: Double) {
      first = 0.9 * first + 0.1 * gradient
      second = 0.999 * second + 0.001 * gradient * gradient
      let m = first / (1 - pow(0.9, Double(step)))
      let v = second / (1 - pow(0.999, Double(step)))
      value -= rate * (m / (v.squareRoot() + 1e-8) + decay * value)
    }
  }

  @Test(arguments: [Float(0), 0.01, 0.3], [Float(1), 0.25])
  func `steps are those of the paper, slowly transcribed`(decay: Float, scale: Float) {
    let parameters = parameters()
    var slow = parameters.map { $0.value.values.map { Slow(value: Double($0)) } }
    var optimizer = AdamW(parameters, weightDecay: decay)
    for step in 1...20 {
      let rate = 0.1 / Double(step)
      let gradients = gradients(step: step)
      optimizer.update(with: gradients, rate: Float(rate), gradientScale: scale)
      for (index, gradient) in gradients.enumerated() {
        for (place, value) in gradient.values.enumerated() {
          slow[index][place].update(
            Double(value) * Double(scale), step: step, rate: rate, decay: Double(decay))
        }
      }
    }
    #expect(optimizer.step == 20)
    for (parameter, expected) in zip(parameters, slow) {
      for (found, wanted) in zip(parameter.value.values, expected) {
        #expect(abs(Double(found) - wanted.value) < 2e-5)
      }
    }
  }

  @Test func `the first step goes by the rate against the sign of the gradient`() {
    let parameter = Parameter("p", Tensor([1, 1, 1], shape: [3]), isTrained: true)
    var optimizer = AdamW([parameter])
    optimizer.update(with: [Tensor([1e-3, -50, 0], shape: [3])], rate: 0.1)
    let found = parameter.value.values
    #expect(abs(found[0] - 0.9) < 1e-5 && abs(found[1] - 1.1) < 1e-5 && found[2] == 1)
  }

  @Test func `a parameter without a gradient stays as it is, decay or not`() {
    let parameters = parameters()
    let before = parameters.map(\.value.values)
    var optimizer = AdamW(parameters, weightDecay: 0.5)
    optimizer.update(with: [nil, gradients(step: 1)[1], nil], rate: 0.1)
    #expect(parameters[0].value.values == before[0])
    #expect(parameters[1].value.values != before[1])
    #expect(parameters[2].value.values == before[2])
  }

  @Test func `a restored optimiser goes on with the same bits`() {
    let (whole, halves) = (parameters(), parameters())
    var uninterrupted = AdamW(whole, weightDecay: 0.1)
    var first = AdamW(halves, weightDecay: 0.1)
    for step in 1...5 {
      uninterrupted.update(with: gradients(step: step), rate: 0.01)
      first.update(with: gradients(step: step), rate: 0.01)
    }
    let saved = first.state.mapValues { $0.copy() }
    #expect(saved.count == 6)
    // In another process: the same parameters' values, moments from the file.
    let loaded = halves.map { Parameter($0.name, $0.value.copy(), isTrained: true) }
    var second = AdamW(loaded, weightDecay: 0.1)
    let isRestored = second.restore(saved, step: first.step)
    #expect(isRestored)
    for step in 6...10 {
      uninterrupted.update(with: gradients(step: step), rate: 0.01)
      second.update(with: gradients(step: step), rate: 0.01)
    }
    #expect(second.step == 10)
    #expect(loaded.map(\.value.values) == whole.map(\.value.values))
    for (name, moment) in uninterrupted.state {
      #expect(second.state[name]?.values == moment.values, "\(name)")
    }
  }

  @Test func `a state with something missing or of another size changes nothing`() {
    var optimizer = AdamW(parameters())
    optimizer.update(with: gradients(step: 1), rate: 0.01)
    let before = optimizer.state.mapValues(\.values)
    var missing = optimizer.state.mapValues { Tensor(zeros: $0.shape) }
    missing["second.p2"] = nil
    let isRestoredWithout = optimizer.restore(missing, step: 7)
    missing["second.p2"] = Tensor(zeros: [36])
    let isRestoredCut = optimizer.restore(missing, step: 7)
    #expect(!isRestoredWithout && !isRestoredCut)
    #expect(optimizer.step == 1)
    #expect(optimizer.state.mapValues(\.values) == before)
  }

  // A step's gradient of a table [40, 5]: of all rows, or the same as rows.
  private func tableGradient(step: Int, isWhole: Bool) -> Gradient {
    var generator = SeededGenerator(seed: 4, purpose: "rows", index: step)
    let rows = (0..<4).map { _ in Int32(generator.next() % 40) }
    let x = Tensor(normal: [4, 5], deviation: 0.1, using: &generator)
    let gradient = RowGradient(zeros: [40, 5]).adding(x, at: rows)
    return isWhole ? .whole(gradient.tensor) : .rows(gradient)
  }

  private func table() -> Parameter {
    var generator = SeededGenerator(seed: 5)
    return Parameter(
      "t", Tensor(normal: [40, 5], deviation: 1, using: &generator), isTrained: true)
  }

  // Fifteen steps, of which `whole` have gradients of all rows; restored after seven.
  private func train(
    decay: Float, threads: Int = 1, isRestored: Bool = false, whole: (Int) -> Bool
  ) -> (optimizer: AdamW, values: [Float]) {
    let table = table()
    var optimizer = AdamW([table], weightDecay: decay)
    for step in 1...15 {
      optimizer.update(
        with: [tableGradient(step: step, isWhole: whole(step))], rate: 0.01, gradientScale: 0.5,
        team: ThreadTeam(count: threads, isPinned: false))
      guard isRestored && step == 7 else { continue }
      let saved = optimizer.state.mapValues { $0.copy() }
      optimizer = AdamW([table], weightDecay: decay)
      let isComplete = optimizer.restore(saved, step: 7)
      #expect(isComplete)
    }
    return (optimizer, table.value.values)
  }

  @Test(arguments: [Float(0), 0.3])
  func `gradients of rows have the bits of gradients of the whole table`(decay: Float) {
    let expected = train(decay: decay) { _ in true }.values
    #expect(expected != table().value.values)
    let rows = train(decay: decay) { _ in false }
    #expect(rows.values == expected)
    #expect((rows.optimizer.state["first.t"]?.rows ?? 40) < 40)
    #expect(train(decay: decay, threads: 2) { _ in false }.values == expected)
    #expect(train(decay: decay) { $0 > 5 }.values == expected)
    #expect(train(decay: decay) { $0 < 5 }.values == expected)
  }

  @Test(arguments: [Float(0), 0.3])
  func `restored between gradients of rows it goes on with the same bits`(decay: Float) {
    let whole = train(decay: decay) { _ in false }
    let restored = train(decay: decay, isRestored: true) { _ in false }
    #expect(restored.values == whole.values)
    #expect(
      restored.optimizer.state.mapValues(\.values) == whole.optimizer.state.mapValues(\.values))
    #expect(train(decay: decay, isRestored: true) { $0 > 9 }.values == whole.values)
  }
}
