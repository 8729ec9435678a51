// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct GELUTests {
  @Test func `the gradients of x and bias are right`() {
    withEvery("rows", in: [1, 2, 7, 33]) { rows in
      withEvery("columns", in: [1, 5, 8, 31, 64]) { columns in
        var random = SeededRandom(seed: rows * 7 + columns)
        let inputs = [random.tensor([rows, columns], in: -4...4), random.tensor([columns])]
        checkGradients(of: inputs) { biasGELU($0[0], $0[1]) }
      }
    }
  }

  @Test func `values are the same bits with and without a tape`() {
    var random = SeededRandom(seed: 3)
    let tape = Tape()
    let (x, bias) = (random.tensor([7, 33], in: -6...6), random.tensor([33]))
    expectSameBits(
      biasGELU(tape.variable(x), Variable(bias)).value,
      biasGELU(Variable(x), Variable(bias)).value)
  }

  @Test func `a frozen bias gets no gradient`() {
    let tape = Tape()
    let x = tape.variable(Tensor(zeros: [2, 3]))
    let bias = Variable(Tensor(zeros: [3]))
    tape.pullback(from: biasGELU(x, bias), seed: Tensor(repeating: 1, shape: [2, 3]))
    #expect(bias.gradient == nil)
    #expect(x.gradient?.values == Array(repeating: 0.5, count: 6))
  }
}
