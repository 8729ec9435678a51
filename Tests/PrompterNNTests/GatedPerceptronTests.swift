// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterNN
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct GatedPerceptronTests {
  private func perceptron(
    isTrained: Bool, precision: Precision = .float32, keepsDigits: Bool = false,
    spoiltAt place: Int? = nil
  ) -> GatedPerceptron {
    var random = SeededRandom(seed: 2)
    func parameter(_ name: String, _ shape: Shape) -> Parameter {
      Parameter(name, random.tensor(shape), isTrained: isTrained)
    }
    let (inner, outer, bias) = (
      parameter("inner", [64, 5]), parameter("outer", [4, 32]), parameter("bias", [64])
    )
    if let place { inner.value.buffer[place] = .nan }
    return GatedPerceptron(
      inner: LinearMap(weight: inner, precision: precision), bias: bias, activation: .gelu,
      outer: LinearMap(weight: outer, precision: precision), keepsDigits: keepsDigits)
  }

  private func run(
    _ perceptron: GatedPerceptron, between: ((Variable) -> Variable)? = nil
  ) throws -> (y: Tensor, dx: Tensor) {
    var random = SeededRandom(seed: 3)
    let pass = Pass.training(seed: 1, step: 0)
    let tape = try #require(pass.tape)
    let x = tape.variable(random.tensor([7, 5]))
    let y = perceptron(x, in: pass, between: between)
    tape.pullback(from: y)
    return (y.value, try #require(x.gradient))
  }

  @Test func `frozen and trained weights give the same`() throws {
    let frozen = try run(perceptron(isTrained: false))
    let trained = try run(perceptron(isTrained: true))
    expectClose(frozen.y, trained.y)
    expectClose(frozen.dx, trained.dx)
  }

  @Test func `both products at once give nearly what they give one after the other`() throws {
    let (one, two) = (
      try run(perceptron(isTrained: false, precision: .bfloat16)),
      try run(perceptron(isTrained: false, precision: .bfloat16, keepsDigits: true))
    )
    expectNear(one.y, two.y, share: 1e-5)
    expectNear(one.dx, two.dx, share: 1e-4)
  }

  @Test func `what comes between is done to gated values`() throws {
    let perceptron = perceptron(isTrained: false)
    let plain = try run(perceptron)
    let doubled = try run(perceptron) { scaled($0, by: 2) }
    expectClose(doubled.y, Tensor(plain.y.values.map { 2 * $0 }, shape: plain.y.shape))
    expectClose(doubled.dx, Tensor(plain.dx.values.map { 2 * $0 }, shape: plain.dx.shape))
  }

  @Test(arguments: [Precision.float32, .bfloat16])
  func `a weight that is no number is found, in whichever order it is packed`(
    precision: Precision
  ) throws {
    let perceptron = perceptron(isTrained: false, precision: precision, spoiltAt: 203)
    _ = try run(perceptron)
    let found = perceptron.linearMaps.compactMap(\.unusableWeight)
    #expect(found.map(\.name) == ["inner"] && found.map(\.index) == [203])
  }
}
