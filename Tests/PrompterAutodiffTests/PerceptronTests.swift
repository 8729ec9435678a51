// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct PerceptronTests {
  private func kernel(
    _ activation: Activation, inputs: Int, hidden: Int, outputs: Int
  ) -> PerceptronKernel {
    var random = SeededRandom(seed: hidden)
    let (inner, outer) = (random.tensor([hidden, inputs]), random.tensor([outputs, hidden]))
    return PerceptronKernel(
      inner: PackedMatrix(inner.buffer, outputs: hidden, inputs: inputs),
      bias: random.tensor([hidden]).buffer, activation: activation,
      outer: PackedMatrix(outer.buffer, outputs: outputs, inputs: hidden))
  }

  // Not max(0, x), whose corner is anywhere between the two.
  @Test func `gradients are right`() {
    withEvery("activation", in: [Activation.gelu, .geluTanh, .silu]) { activation in
      withEvery("rows", in: [1, 3, 98]) { rows in
        var random = SeededRandom(seed: rows)
        let kernel = kernel(activation, inputs: 5, hidden: 9, outputs: 4)
        checkGradients(of: [random.tensor([rows, 5], in: -0.5...0.5)]) {
          perceptron($0[0], kernel)
        }
      }
    }
  }

  @Test func `max(0, x) lets the gradient through where it is open`() throws {
    let inner = Tensor([1, -1], shape: [2, 1])
    let outer = Tensor([2, 3], shape: [1, 2])
    let kernel = PerceptronKernel(
      inner: PackedMatrix(inner.buffer, outputs: 2, inputs: 1), bias: nil, activation: .relu,
      outer: PackedMatrix(outer.buffer, outputs: 1, inputs: 2))
    let tape = Tape()
    let x = tape.variable(Tensor([4, -4], shape: [2, 1]))
    let y = perceptron(x, kernel)
    #expect(y.value.values == [8, 12])
    tape.pullback(from: y)
    #expect(try #require(x.gradient).values == [2, -3])
  }

  @Test func `no rows give no rows`() {
    let kernel = kernel(.gelu, inputs: 5, hidden: 9, outputs: 4)
    #expect(perceptron(Variable(Tensor(zeros: [0, 5])), kernel).shape == [0, 4])
  }
}
