// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterNN
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct AdafactorTests {
  private let shapes: [Shape] = [[3, 5], [1], [130, 140]]

  private func parameters(_ seed: Int = 1) -> [Parameter] {
    var random = SeededRandom(seed: seed)
    return shapes.enumerated().map { index, shape in
      Parameter("p\(index)", random.tensor(shape), isTrained: true)
    }
  }

  private func gradients(step: Int) -> [Tensor] {
    var random = SeededRandom(seed: 100 + step)
    return shapes.map { random.tensor($0, in: -0.1...0.1) }
  }

  private typealias Variant = (
    name: String, options: AdafactorOptions, slow: @Sendable (inout SlowAdafactor) -> Void
  )

  private let variants: [Variant] = [
    ("as for prompts", AdafactorOptions(), { _ in }),
    (
      "counted from 1,100,000",
      {
        var options = AdafactorOptions()
        options.startStep = 1_100_000
        return options
      }(), { $0.start = 1_100_000 }
    ),
    (
      "factored, scaled by the parameter, with a mean of updates",
      {
        var options = AdafactorOptions()
        options.isFactored = true
        options.isScaledByParameter = true
        options.beta1 = 0.9
        return options
      }(),
      {
        $0.isFactored = $0.parameter.rows >= 128
        $0.isScaled = true
        $0.beta1 = Double(Float(0.9))
      }
    ),
    (
      "unclipped, with another exponent",
      {
        var options = AdafactorOptions()
        options.clippingThreshold = nil
        options.decayExponent = 0.5
        return options
      }(),
      {
        $0.clipping = nil
        $0.exponent = 0.5
      }
    ),
  ]

  @Test func `steps are T5X's, slowly transcribed`() {
    withEvery("variant", in: variants.indices) { number in
      withEvery("decay, scale", in: [(Float(0), Float(1)), (1e-2, 0.25)]) { decay, scale in
        let parameters = parameters()
        var slow = parameters.map { parameter in
          var slow = SlowAdafactor(Matrix(parameter.value))
          slow.decay = Double(decay)
          variants[number].slow(&slow)
          return slow
        }
        var optimizer = Adafactor(
          parameters, weightDecay: decay, options: variants[number].options)
        for step in 1...10 {
          let rate = 0.3 / Float(step)
          let gradients = gradients(step: step)
          optimizer.update(with: gradients, rate: rate, gradientScale: scale)
          for (index, gradient) in gradients.enumerated() {
            var scaled = Matrix(gradient)
            scaled.values = scaled.values.map { $0 * Double(scale) }
            slow[index].take(scaled, rate: Double(rate))
          }
        }
        #expect(optimizer.step == 10)
        for (parameter, slow) in zip(parameters, slow) {
          expectClose(parameter.value, slow.parameter.tensor, absolute: 2e-5)
        }
      }
    }
  }

  private func afterThreeSteps(_ change: (inout AdafactorOptions) -> Void) -> [Float] {
    var options = AdafactorOptions()
    options.leastFactoredExtent = 2
    change(&options)
    let parameter = Parameter(
      "p", Tensor([0.5, -1, 0.25, 2, 0, -0.125], shape: [2, 3]), isTrained: true)
    var optimizer = Adafactor([parameter], weightDecay: 1e-5, options: options)
    for step in 0..<3 {
      let sign = Float(step % 2 == 0 ? 1 : -1)
      let factors = [1, sign, 1, 1, sign, 1].map { $0 * Float(step + 1) }
      let gradient = zip([Float(0.1), -0.2, 0.3, 0.4, 0, -0.6], factors).map { $0 * $1 }
      optimizer.update(with: [Tensor(gradient, shape: [2, 3])], rate: 0.3)
    }
    return parameter.value.values
  }

  // By NumPy in float64, from the rule as the paper states it.
  @Test func `three steps give the numbers of NumPy`() {
    func compare(_ expected: [Float], _ change: (inout AdafactorOptions) -> Void) {
      let found = Tensor(afterThreeSteps(change), shape: [6])
      expectClose(found, Tensor(expected, shape: [6]), absolute: 2e-6)
    }
    compare([-0.457_272_78, -0.699_972_71, -0.707_265_28, 1.042_682_22, 0, 0.832_261_53]) { _ in }
    compare([-0.485_905_74, -0.671_339_75, -0.735_898_24, 1.014_049_26, 0, 0.860_894_49]) {
      $0.startStep = 1_100_000
    }
    compare([0.093_197_59, -0.440_894_18, -0.500_086_43, 1.155_653_5, 0, 0.653_397_44]) {
      $0.isFactored = true
    }
    compare([0.336_257_67, -0.951_522_17, 0.086_265_17, 1.836_212_67, 0, 0.038_731_08]) {
      $0.beta1 = 0.9
      $0.isScaledByParameter = true
    }
  }

  @Test func `far into the count every step has the rate as its root mean square`() {
    var options = AdafactorOptions()
    options.startStep = 1_100_000
    let parameter = Parameter("p", Tensor(zeros: [100, 16]), isTrained: true)
    var optimizer = Adafactor([parameter], options: options)
    var random = SeededRandom(seed: 5)
    for _ in 0..<5 {
      let before = parameter.value.values
      optimizer.update(with: [random.tensor([100, 16], in: -1e-4...1e-4)], rate: 0.3)
      let squares = zip(parameter.value.values, before).map { ($0 - $1) * ($0 - $1) }
      let size = (squares.reduce(0, +) / Float(squares.count)).squareRoot()
      #expect(abs(size - 0.3) < 1e-4)
    }
  }

  @Test func `decay takes the same share whatever the rate`() {
    for rate: Float in [0, 0.3] {
      let parameter = Parameter("p", Tensor([2], shape: [1]), isTrained: true)
      var optimizer = Adafactor([parameter], weightDecay: 0.25)
      optimizer.update(with: [Tensor(zeros: [1])], rate: rate)
      #expect(parameter.value.values == [1.5])
    }
  }

  @Test func `a parameter without a gradient stays as it is, decay or not`() {
    let parameters = parameters()
    let before = parameters.map(\.value.values)
    var optimizer = Adafactor(parameters, weightDecay: 0.5)
    optimizer.update(with: [nil, gradients(step: 1)[1], nil], rate: 0.1)
    #expect(parameters[0].value.values == before[0])
    #expect(parameters[1].value.values != before[1])
    #expect(parameters[2].value.values == before[2])
  }

  @Test func `only large matrices are factored`() {
    let factored = Adafactor(parameters(), options: variants[2].options).state
    #expect(factored["second.rows.p2"]?.shape.extents == [130])
    #expect(factored["second.columns.p2"]?.shape.extents == [140])
    #expect(factored["second.p0"]?.shape.extents == [3, 5])
    #expect(factored["first.p2"]?.shape.extents == [130, 140])
    #expect(Set(Adafactor(parameters()).state.keys) == ["second.p0", "second.p1", "second.p2"])
  }

  @Test func `a restored optimiser goes on with the same bits`() {
    withEvery("variant", in: variants.indices) { number in
      let options = variants[number].options
      let (whole, halves) = (parameters(), parameters())
      var uninterrupted = Adafactor(whole, weightDecay: 1e-5, options: options)
      var first = Adafactor(halves, weightDecay: 1e-5, options: options)
      for step in 1...3 {
        uninterrupted.update(with: gradients(step: step), rate: 0.3)
        first.update(with: gradients(step: step), rate: 0.3)
      }
      let saved = first.state.mapValues { $0.copy() }
      let loaded = halves.map { Parameter($0.name, $0.value.copy(), isTrained: true) }
      var second = Adafactor(loaded, weightDecay: 1e-5, options: options)
      let isRestored = second.restore(saved, step: first.step)
      #expect(isRestored)
      for step in 4...6 {
        uninterrupted.update(with: gradients(step: step), rate: 0.3)
        second.update(with: gradients(step: step), rate: 0.3)
      }
      #expect(second.step == 6)
      #expect(loaded.map(\.value.values) == whole.map(\.value.values))
      for (name, moment) in uninterrupted.state {
        #expect(second.state[name]?.values == moment.values, "\(name)")
      }
    }
  }

  @Test func `a state with something missing or of another size changes nothing`() {
    var optimizer = Adafactor(parameters(), options: variants[2].options)
    optimizer.update(with: gradients(step: 1), rate: 0.01)
    let before = optimizer.state.mapValues(\.values)
    var missing = optimizer.state.mapValues { Tensor(zeros: $0.shape) }
    missing["second.rows.p2"] = nil
    let isRestoredWithout = optimizer.restore(missing, step: 7)
    missing["second.rows.p2"] = Tensor(zeros: [36])
    let isRestoredCut = optimizer.restore(missing, step: 7)
    #expect(!isRestoredWithout && !isRestoredCut)
    #expect(optimizer.step == 1)
    #expect(optimizer.state.mapValues(\.values) == before)
  }
}
