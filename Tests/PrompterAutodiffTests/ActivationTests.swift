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

  @Test func `the gradients of x and bias are right, whatever the shape`() {
    withEvery("rows", in: [1, 2, 7, 33]) { rows in
      withEvery("columns", in: [1, 5, 8, 31, 64, 513]) { columns in
        var random = SeededRandom(seed: rows * 7 + columns)
        let inputs = [random.tensor([rows, columns], in: -4...4), random.tensor([columns])]
        checkGradients(of: inputs, elements: 12) { activate($0[0], bias: $0[1], by: .gelu) }
      }
    }
  }

  @Test func `values are the same bits with and without a tape`() {
    var random = SeededRandom(seed: 3)
    let tape = Tape()
    let (x, bias) = (random.tensor([7, 33], in: -6...6), random.tensor([33]))
    expectSameBits(
      activate(tape.variable(x), bias: Variable(bias), by: .gelu).value,
      activate(Variable(x), bias: Variable(bias), by: .gelu).value)
  }

  @Test func `a frozen bias gets no gradient`() {
    let tape = Tape()
    let x = tape.variable(Tensor(zeros: [2, 3]))
    let bias = Variable(Tensor(zeros: [3]))
    let y = activate(x, bias: bias, by: .gelu)
    tape.pullback(from: y, seed: Tensor(repeating: 1, shape: [2, 3]))
    #expect(bias.gradient == nil)
    #expect(x.gradient?.values == Array(repeating: 0.5, count: 6))
  }

  // A step between two 16-bit numbers is 2⁻¹⁵.
  @Test func `rounded slopes are within half a step, and those of max(0, x) are exact`() throws {
    forEachShape { activation, rows, columns in
      withEvery("columns", in: [columns, 31 * columns]) { columns in
        var random = SeededRandom(seed: rows + columns)
        let (x, dy) = (random.tensor([rows, columns], in: -8...8), random.tensor([rows, columns]))
        let found = [false, true].map { rounds -> Tensor? in
          let tape = Tape()
          let x = tape.variable(x)
          tape.pullback(from: activate(x, by: activation, roundsSlopes: rounds), seed: dy)
          return x.gradient
        }
        guard let exact = found[0], let rounded = found[1] else {
          Issue.record("No gradient.")
          return
        }
        expectClose(rounded, exact, absolute: activation == .relu ? 0 : 1.6e-5)
        #expect(activation == .relu || columns < 16 || rounded.values != exact.values)
      }
    }
  }

  @Test func `constants leave no record`() {
    let x = Variable(Tensor(repeating: 1, shape: [2, 4]))
    #expect(!activate(x, by: .relu).isRecorded && !activateGated(x, by: .silu).isRecorded)
  }
}
