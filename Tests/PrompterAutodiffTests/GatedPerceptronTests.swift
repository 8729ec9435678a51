// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

/// A gated perceptron whose products are one, beside the same step by step.
///
/// Only CPUs with tiles for bfloat16 have it.
@Suite(.namesValues) struct GatedPerceptronTests {
  private struct Case {
    let weight: Tensor  // [2 hidden, inputs]
    let bias: Tensor?
    let activation: Activation
    let outer: PackedMatrix
    let x, dy: Tensor

    init(
      _ activation: Activation, rows: Int, inputs: Int, hidden: Int, outputs: Int, hasBias: Bool
    ) {
      var random = SeededRandom(seed: rows + inputs + hidden)
      weight = random.tensor([2 * hidden, inputs], in: -0.5...0.5)
      bias = hasBias ? random.tensor([2 * hidden]) : nil
      outer = PackedMatrix(
        random.tensor([outputs, hidden], in: -0.5...0.5).buffer, outputs: outputs, inputs: hidden,
        precision: .bfloat16)
      self.activation = activation
      x = random.tensor([rows, inputs])
      dy = random.tensor([rows, outputs])
    }

    func kernel(parts: Int = 1) -> GatedPerceptronKernel? {
      let size = weight.shape.count / parts
      return GatedPerceptronKernel(
        inner: (0..<parts).map { Buffer($0 * size..<($0 + 1) * size, of: weight.buffer) },
        bias: bias?.buffer, activation: activation, outer: outer)
    }

    func run(_ layer: (Variable) -> Variable) -> (y: Tensor, dx: Tensor?) {
      let tape = Tape()
      let x = tape.variable(x)
      let y = layer(x)
      tape.pullback(from: y, seed: dy)
      return (y.value, x.gradient)
    }

    func apart() -> (y: Tensor, dx: Tensor?) {
      let inner = PackedMatrix(
        weight.buffer, outputs: weight.rows, inputs: weight.columns, precision: .bfloat16)
      return run { x in
        let halves = product(x, inner)
        return product(
          activateGated(bias.map { addBias(halves, Variable($0)) } ?? halves, by: activation),
          outer)
      }
    }
  }

  @Test(arguments: Activation.allCases)
  func `values and gradients are those of one step after the other`(activation: Activation) {
    withEvery("inputs, hidden, outputs", in: [(24, 32, 7), (32, 96, 64), (70, 64, 33)]) {
      inputs, hidden, outputs in
      withEvery("rows", in: [1, 16, 17, 40, 97]) { rows in
        let test = Case(
          activation, rows: rows, inputs: inputs, hidden: hidden, outputs: outputs,
          hasBias: rows % 2 == 1)
        guard let kernel = test.kernel() else { return }
        let (found, expected) = (test.run { gatedPerceptron($0, kernel) }, test.apart())
        expectNear(found.y, expected.y, share: 1e-5, absolute: 1e-7)
        guard let dx = found.dx, let other = expected.dx else {
          Issue.record("No gradient.")
          return
        }
        // Slopes are rounded here and not there: by a 512th part at most.
        expectNear(dx, other, share: 1e-4, absolute: 1e-7)
      }
    }
  }

  @Test func `a weight in two parts is the same one`() {
    let test = Case(.gelu, rows: 33, inputs: 24, hidden: 64, outputs: 20, hasBias: true)
    guard let one = test.kernel(), let two = test.kernel(parts: 2) else { return }
    expectSameBits(
      test.run { gatedPerceptron($0, one) }.y, test.run { gatedPerceptron($0, two) }.y)
  }

  @Test func `without a tape the values are the same`() {
    let test = Case(.gelu, rows: 33, inputs: 24, hidden: 64, outputs: 20, hasBias: true)
    guard let kernel = test.kernel() else { return }
    expectSameBits(
      gatedPerceptron(Variable(test.x), kernel).value,
      test.run { gatedPerceptron($0, kernel) }.y)
  }

  @Test func `a row's bits do not depend on how many rows there are`() {
    let test = Case(.gelu, rows: 700, inputs: 96, hidden: 1536, outputs: 64, hasBias: true)
    guard let kernel = test.kernel() else { return }
    let (y, dx) = test.run { gatedPerceptron($0, kernel) }
    withEvery("rows", in: [1, 15, 32, 33, 341, 342]) { count in
      func head(_ tensor: Tensor?) -> Tensor {
        rows((0..<Int32(count)).map { $0 }, of: Variable(tensor ?? y)).value
      }
      let tape = Tape()
      let x = tape.variable(head(test.x))
      let some = gatedPerceptron(x, kernel)
      tape.pullback(from: some, seed: head(test.dy))
      expectSameBits(some.value, head(y))
      expectSameBits(x.gradient ?? some.value, head(dx))
    }
  }

  @Test func `there is none where products do not round their factors`() {
    let test = Case(.gelu, rows: 1, inputs: 24, hidden: 64, outputs: 20, hasBias: false)
    let exact = PackedMatrix(
      Tensor(zeros: [20, 64]).buffer, outputs: 20, inputs: 64, precision: .float32)
    let kernel = GatedPerceptronKernel(
      inner: [test.weight.buffer], bias: nil, activation: .gelu, outer: exact)
    #expect(kernel == nil)
    #expect((test.kernel() != nil) == (Precision.fastestForTrainedWeights == .bfloat16))
  }
}
