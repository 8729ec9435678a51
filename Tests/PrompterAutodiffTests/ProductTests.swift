// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct ProductTests {
  @Test func `the gradient of a product with a frozen weight is right`() {
    forEachShape { x, weight in
      let packed = PackedMatrix(weight.buffer, outputs: weight.rows, inputs: weight.columns)
      checkGradients(of: [x]) { product($0[0], packed) }
    }
  }

  @Test func `both gradients of a product with a trained weight are right`() {
    forEachShape { x, weight in
      checkGradients(of: [x, weight]) { product($0[0], $0[1]) }
    }
  }

  @Test func `a trained weight's gradient is found when the input is a constant`() {
    forEachShape { x, weight in
      checkGradients(of: [weight]) { product(Variable(x), $0[0]) }
    }
  }

  @Test func `frozen and trained weights give the same product`() {
    forEachShape { x, weight in
      let packed = PackedMatrix(weight.buffer, outputs: weight.rows, inputs: weight.columns)
      let expected = Reference.product(Matrix(x), Matrix(weight).transposed).tensor
      expectClose(product(Variable(x), packed).value, expected)
      expectClose(product(Variable(x), Variable(weight)).value, expected)
    }
  }

  @Test func `rounded factors give the products of what they are rounded to`() {
    forEachShape { x, weight in
      let (dy, tape) = (Tensor(repeating: 1.5, shape: [x.rows, weight.rows]), Tape())
      let (input, trained) = (tape.variable(x), tape.variable(weight))
      let y = product(input, trained, roundsFactors: true)
      tape.pullback(from: y, seed: dy)
      let (a, b) = (Matrix(x.rounded(to: .bfloat16)), Matrix(weight.rounded(to: .bfloat16)))
      expectClose(y.value, Reference.product(a, b.transposed).tensor)
      expectClose(input.gradient ?? x, Reference.product(Matrix(dy), b).tensor)
      expectClose(trained.gradient ?? weight, Reference.product(Matrix(dy).transposed, a).tensor)
    }
  }

  @Test func `a product of no rows has no rows`() {
    let weight = Tensor(zeros: [3, 5])
    let packed = PackedMatrix(weight.buffer, outputs: 3, inputs: 5)
    #expect(product(Variable(Tensor(zeros: [0, 5])), packed).shape == [0, 3])
    #expect(product(Variable(Tensor(zeros: [0, 5])), Variable(weight)).shape == [0, 3])
  }

  private func forEachShape(_ body: (_ x: Tensor, _ weight: Tensor) -> Void) {
    withEvery("rows", in: [1, 2, 7, 33]) { rows in
      withEvery("inputs, outputs", in: [(1, 1), (5, 8), (8, 5), (31, 64), (64, 31)]) { sizes in
        var random = SeededRandom(seed: rows * 100 + sizes.0)
        body(random.tensor([rows, sizes.0]), random.tensor([sizes.1, sizes.0]))
      }
    }
  }
}
