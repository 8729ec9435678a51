// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct TanhTests {
  @Test func `the gradient is right`() {
    withEvery("rows", in: [1, 2, 7, 33]) { rows in
      withEvery("columns", in: [1, 5, 8, 31, 64]) { columns in
        var random = SeededRandom(seed: rows * 11 + columns)
        checkGradients(of: [random.tensor([rows, columns], in: -3...3)]) { tanh($0[0]) }
      }
    }
  }

  @Test func `far from zero the value is 1 and the gradient 0`() {
    let tape = Tape()
    let x = tape.variable(Tensor([-1000, -50, 50, 1000], shape: [1, 4]))
    let y = tanh(x)
    #expect(y.value.values == [-1, -1, 1, 1])
    tape.pullback(from: y, seed: Tensor(repeating: 1, shape: [1, 4]))
    #expect(x.gradient?.values == [0, 0, 0, 0])
  }
}
