// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct HeadProductTests {
  private let heads = 3

  private func forEachShape(
    _ body: (_ tokens: Int, _ weights: [Tensor], _ packed: [PackedMatrix]) -> Void
  ) {
    withEvery("tokens", in: [1, 2, 9]) { tokens in
      withEvery("outputs, inputs", in: [(1, 1), (4, 9), (8, 40)]) { outputs, inputs in
        var random = SeededRandom(seed: tokens * 100 + inputs)
        let weights = (0..<heads).map { _ in random.tensor([outputs, inputs]) }
        body(
          tokens, weights,
          weights.map { PackedMatrix($0.buffer, outputs: outputs, inputs: inputs) })
      }
    }
  }

  @Test func `each head is multiplied by its own weight, one way and the other`() {
    forEachShape { tokens, weights, packed in
      let (outputs, inputs) = (weights[0].rows, weights[0].columns)
      var random = SeededRandom(seed: tokens)
      let x = random.tensor([tokens * heads, inputs])
      let y = random.tensor([tokens, heads * outputs])
      let (folded, spread) = (
        headProduct(Variable(x), packed).value,
        headProduct(Variable(y), packed, transposed: true).value
      )
      #expect(folded.shape == y.shape && spread.shape == x.shape)
      for (head, weight) in weights.enumerated() {
        let w = Matrix(weight)
        let own = Matrix(x.reshaped(to: [tokens, heads * inputs]))
          .columns(head * inputs..<(head + 1) * inputs)
        let mine = Matrix(y).columns(head * outputs..<(head + 1) * outputs)
        expectClose(
          columns(head * outputs..<(head + 1) * outputs, of: Variable(folded)).value,
          Reference.product(own, w.transposed).tensor)
        expectClose(
          columns(
            head * inputs..<(head + 1) * inputs,
            of: Variable(spread.reshaped(to: [tokens, heads * inputs]))
          ).value,
          Reference.product(mine, w).tensor)
      }
    }
  }

  @Test func `the gradients are right`() {
    forEachShape { tokens, weights, packed in
      let (outputs, inputs) = (weights[0].rows, weights[0].columns)
      var random = SeededRandom(seed: tokens + 1)
      checkGradients(of: [random.tensor([tokens * heads, inputs])], elements: 4) {
        headProduct($0[0], packed)
      }
      checkGradients(of: [random.tensor([tokens, heads * outputs])], elements: 4) {
        headProduct($0[0], packed, transposed: true)
      }
    }
  }
}
