// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct ActivationTests {
  // No value near the corner of max(0, x), where differences see both sides.
  private func awayFromZero(_ x: Tensor) -> Tensor {
    Tensor(x.values.map { abs($0) < 0.3 ? $0 + ($0 < 0 ? -0.3 : 0.3) : $0 }, shape: x.shape)
  }

  private func forEachShape(_ body: (Activation, _ rows: Int, _ columns: Int) -> Void) {
    withEvery("activation", in: Activation.allCases) { activation in
      withEvery("rows, columns", in: [(1, 1), (3, 5), (2, 16), (7, 33)]) { rows, columns in
        body(activation, rows, columns)
      }
    }
  }

  @Test func `plain values agree with the slow twin and gradients are right`() {
    forEachShape { activation, rows, columns in
      var random = SeededRandom(seed: rows + columns)
      let x = awayFromZero(random.tensor([rows, columns], in: -4...4))
      let expected = x.values.map { Float(Reference.value(of: activation, at: Double($0))) }
      expectClose(
        activate(Variable(x), by: activation).value, Tensor(expected, shape: x.shape),
        absolute: 1e-6)
      checkGradients(of: [x]) { activate($0[0], by: activation) }
    }
  }

  @Test func `gated values agree with the slow twin and gradients are right`() {
    forEachShape { activation, rows, columns in
      var random = SeededRandom(seed: rows + columns)
      let x = awayFromZero(random.tensor([rows, 2 * columns], in: -4...4))
      var expected = Matrix(rows: rows, columns: columns)
      let halves = Matrix(x)
      for row in 0..<rows {
        for column in 0..<columns {
          expected[row, column] =
            Reference.value(of: activation, at: halves[row, column])
            * halves[row, columns + column]
        }
      }
      expectClose(
        activateGated(Variable(x), by: activation).value, expected.tensor, absolute: 3e-6)
      checkGradients(of: [x]) { activateGated($0[0], by: activation) }
    }
  }

  @Test(arguments: Activation.allCases)
  func `far from zero nothing overflows`(_ activation: Activation) {
    let x = Tensor([-1e4, -100, -30, 30, 100, 1e4], shape: [1, 6])
    let tape = Tape()
    let variable = tape.variable(x)
    let y = activate(variable, by: activation)
    expectClose(y.value, Tensor([0, 0, 0, 30, 100, 1e4], shape: [1, 6]))
    tape.pullback(from: y, seed: Tensor(repeating: 1, shape: [1, 6]))
    let slopes = Tensor([0, 0, 0, 1, 1, 1], shape: [1, 6])
    if let gradient = variable.gradient { expectClose(gradient, slopes) }
    #expect(variable.gradient != nil)
  }

  @Test func `constants leave no record`() {
    let x = Variable(Tensor(repeating: 1, shape: [2, 4]))
    #expect(!activate(x, by: .relu).isRecorded && !activateGated(x, by: .silu).isRecorded)
  }
}
