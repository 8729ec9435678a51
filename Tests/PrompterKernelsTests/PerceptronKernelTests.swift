// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct PerceptronKernelTests {
  private struct Case {
    let kernel: PerceptronKernel
    let x: Tensor
    let dy: Tensor

    init(
      _ precision: Precision, _ activation: Activation, rows: Int, inputs: Int, hidden: Int,
      outputs: Int, hasBias: Bool
    ) {
      var random = SeededRandom(seed: hidden + rows)
      func weight(_ rows: Int, _ columns: Int) -> PackedMatrix {
        let values = random.tensor([rows, columns], in: -0.5...0.5)
        return PackedMatrix(
          values.buffer, outputs: rows, inputs: columns, precision: precision)
      }
      let (inner, outer) = (weight(hidden, inputs), weight(outputs, hidden))
      kernel = PerceptronKernel(
        inner: inner, bias: hasBias ? random.tensor([hidden]).buffer : nil,
        activation: activation, outer: outer)
      x = random.tensor([rows, inputs])
      dy = random.tensor([rows, outputs])
    }

    func slopes(areRounded: Bool) -> ActivationSlopes {
      ActivationSlopes(
        rows: x.rows, columns: kernel.inner.outputs, of: kernel.activation, areRounded: areRounded)
    }

    func together(_ rows: Int, areRounded: Bool) -> (y: Tensor, dx: Tensor) {
      let slopes = slopes(areRounded: areRounded)
      let (y, dx) = (Tensor(zeros: dy.shape), Tensor(zeros: x.shape))
      kernel.multiply(x.buffer, rows: rows, into: y.buffer, slopes: slopes)
      kernel.pullback(dy.buffer, rows: rows, slopes: slopes, into: dx.buffer)
      return (y, dx)
    }

    func apart(areRounded: Bool) -> (y: Tensor, dx: Tensor) {
      let (rows, hidden, slopes) = (x.rows, kernel.inner.outputs, slopes(areRounded: areRounded))
      let (y, dx) = (Tensor(zeros: dy.shape), Tensor(zeros: x.shape))
      let (before, after) = (Tensor(zeros: [rows, hidden]), Tensor(zeros: [rows, hidden]))
      kernel.inner.multiply(x.buffer, rows: rows, into: before.buffer)
      Kernels.activate(
        before.buffer, bias: kernel.bias, by: kernel.activation, columns: hidden,
        into: after.buffer, slopes: slopes)
      kernel.outer.multiply(after.buffer, rows: rows, into: y.buffer)
      kernel.outer.multiplyTransposed(dy.buffer, rows: rows, into: before.buffer)
      Kernels.activatePullback(before.buffer, slopes: slopes, into: after.buffer)
      kernel.inner.multiplyTransposed(after.buffer, rows: rows, into: dx.buffer)
      return (y, dx)
    }
  }

  // In bfloat16 a value between the products may be rounded to its other neighbour.
  private func expectAlike(_ a: Tensor, _ b: Tensor, _ precision: Precision) {
    guard precision == .bfloat16 else { return expectSameBits(a, b) }
    expectNear(a, b, share: 1e-6)
  }

  @Test(arguments: Precision.allCases, Activation.allCases)
  func `both products at once give what they give one after the other`(
    precision: Precision, activation: Activation
  ) {
    withEvery(
      "inputs, hidden, outputs", in: [(5, 7, 3), (32, 64, 32), (31, 50, 17), (40, 130, 64)]
    ) { inputs, hidden, outputs in
      withEvery("rows", in: [1, 2, 16, 17, 33, 97, 200]) { rows in
        let test = Case(
          precision, activation, rows: rows, inputs: inputs, hidden: hidden, outputs: outputs,
          hasBias: rows % 2 == 1)
        withEvery("rounded slopes", in: [precision != .float32, false]) { areRounded in
          let (y, dx) = test.together(rows, areRounded: areRounded)
          let (expectedY, expectedDX) = test.apart(areRounded: areRounded)
          expectAlike(y, expectedY, precision)
          expectAlike(dx, expectedDX, precision)
        }
      }
    }
  }

  @Test(arguments: Precision.allCases)
  func `GELU and its derivative are the function's own`(precision: Precision) {
    // Identities on both sides leave the activation alone.
    let width = 32
    let identity = Tensor(
      (0..<width * width).map { $0 % (width + 1) == 0 ? 1 : 0 }, shape: [width, width])
    let matrix = PackedMatrix(
      identity.buffer, outputs: width, inputs: width, precision: precision)
    let kernel = PerceptronKernel(
      inner: matrix, bias: nil, activation: .gelu, outer: matrix)
    // From -8 to 8 in steps of 1/32: all of them exact in bfloat16 up to 4.
    let x = Tensor((0..<512).map { Float($0 - 256) / 32 }, shape: [16, width])
    let (y, dx) = (Tensor(zeros: x.shape), Tensor(zeros: x.shape))
    let slopes = ActivationSlopes(rows: 16, columns: width, of: .gelu, areRounded: true)
    kernel.multiply(x.buffer, rows: 16, into: y.buffer, slopes: slopes)
    kernel.pullback(
      Tensor(repeating: 1, shape: x.shape).buffer, rows: 16, slopes: slopes, into: dx.buffer)
    // Half a unit of the last place that is kept, and what the function itself may be off.
    let (unit, rest) = precision == .float32 ? (1e-6, 2e-5) : (1.0 / 256, 2e-4)
    for (value, (found, slope)) in zip(x.values, zip(y.values, dx.values)) where abs(value) <= 4 {
      let z = Double(value)
      let cumulative = 0.5 * erfc(-z / 2.0.squareRoot())
      let derivative = cumulative + z * exp(-z * z / 2) / (2 * Double.pi).squareRoot()
      #expect(abs(Double(found) - z * cumulative) <= unit * abs(z * cumulative) + rest, "at \(z)")
      #expect(abs(Double(slope) - derivative) <= unit * abs(derivative) + rest, "at \(z)")
    }
    for (value, found) in zip(x.values, y.values) where abs(value) > 4 {
      #expect(abs(found - max(value, 0)) <= Float(unit) * abs(value) + 2e-4, "at \(value)")
    }
  }

  @Test(arguments: Precision.allCases)
  func `without slopes the values are the same`(precision: Precision) {
    let test = Case(
      precision, .gelu, rows: 37, inputs: 33, hidden: 70, outputs: 20, hasBias: true)
    let y = Tensor(zeros: test.dy.shape)
    test.kernel.multiply(test.x.buffer, rows: 37, into: y.buffer, slopes: nil)
    expectSameBits(y, test.together(37, areRounded: true).y)
  }

  @Test(arguments: Precision.allCases)
  func `a row's bits do not depend on how many rows there are`(precision: Precision) {
    let all = Case(
      precision, .gelu, rows: 420, inputs: 96, hidden: 1536, outputs: 64, hasBias: true)
    let (y, dx) = all.together(420, areRounded: true)
    withEvery("rows", in: [1, 2, 15, 16, 31, 32, 33, 95, 96, 97, 200, 341, 342]) { rows in
      func head(_ tensor: Tensor) -> Tensor {
        Tensor(Array(tensor.values.prefix(rows * tensor.columns)), shape: [rows, tensor.columns])
      }
      let slopes = ActivationSlopes(rows: rows, columns: 1536, of: .gelu, areRounded: true)
      let (found, back) = (Tensor(zeros: [rows, 64]), Tensor(zeros: [rows, 96]))
      all.kernel.multiply(head(all.x).buffer, rows: rows, into: found.buffer, slopes: slopes)
      all.kernel.pullback(head(all.dy).buffer, rows: rows, slopes: slopes, into: back.buffer)
      expectSameBits(found, head(y))
      expectSameBits(back, head(dx))
    }
  }
}
