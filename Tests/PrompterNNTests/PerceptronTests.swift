// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterNN
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct PerceptronTests {
  private func perceptron(isTrained: Bool, hasBias: Bool) -> Perceptron {
    var random = SeededRandom(seed: 2)
    func parameter(_ shape: Shape) -> Parameter {
      Parameter("w", random.tensor(shape), isTrained: isTrained)
    }
    let (inner, outer, bias) = (parameter([9, 5]), parameter([4, 9]), parameter([9]))
    return Perceptron(
      inner: LinearMap(weight: inner), bias: hasBias ? bias : nil, activation: .gelu,
      outer: LinearMap(weight: outer))
  }

  private func run(
    _ perceptron: Perceptron, between: ((Variable) -> Variable)? = nil
  ) throws -> (y: Tensor, dx: Tensor) {
    var random = SeededRandom(seed: 3)
    let pass = Pass.training(seed: 1, step: 0)
    let tape = try #require(pass.tape)
    let x = tape.variable(random.tensor([7, 5]))
    let y = perceptron(x, in: pass, between: between)
    tape.pullback(from: y)
    return (y.value, try #require(x.gradient))
  }

  @Test(arguments: [false, true])
  func `frozen and trained weights give the same, bias or none`(hasBias: Bool) throws {
    let frozen = try run(perceptron(isTrained: false, hasBias: hasBias))
    let trained = try run(perceptron(isTrained: true, hasBias: hasBias))
    expectClose(frozen.y, trained.y)
    expectClose(frozen.dx, trained.dx)
  }

  @Test func `what comes between is done to activated values`() throws {
    let perceptron = perceptron(isTrained: false, hasBias: true)
    let plain = try run(perceptron)
    let doubled = try run(perceptron) { scaled($0, by: 2) }
    expectClose(doubled.y, Tensor(plain.y.values.map { 2 * $0 }, shape: plain.y.shape))
    expectClose(doubled.dx, Tensor(plain.dx.values.map { 2 * $0 }, shape: plain.dx.shape))
  }
}
