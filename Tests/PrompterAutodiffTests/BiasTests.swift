// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct BiasTests {
  @Test func `the gradients of a sum with a bias are right`() {
    withEvery("rows", in: [1, 2, 7, 33]) { count in
      withEvery("columns", in: [1, 5, 8, 31, 64]) { columns in
        var random = SeededRandom(seed: count + columns)
        let inputs = [random.tensor([count, columns]), random.tensor([columns])]
        // A bias is added in place, so the sum needs a matrix of its own.
        let all = (0..<Int32(count)).map { $0 }
        checkGradients(of: inputs) { addBias(rows(all, of: $0[0]), $0[1]) }
      }
    }
  }

  @Test func `a bias is added to every row`() {
    let x = Tensor([1, 2, 3, 4], shape: [2, 2])
    let sum = addBias(Variable(x), Variable(Tensor([10, 20], shape: [2])))
    #expect(sum.value.values == [11, 22, 13, 24])
  }

  @Test func `a trained bias over a constant has a gradient`() {
    let tape = Tape()
    let bias = tape.variable(Tensor(zeros: [2]))
    let sum = addBias(Variable(Tensor(zeros: [3, 2])), bias)
    tape.pullback(from: sum, seed: Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2]))
    #expect(bias.gradient?.values == [9, 12])
  }
}
