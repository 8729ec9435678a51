// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct AdamWKernelTests {
  @Test func `ten steps agree with Algorithm 2 in double precision`() {
    withEvery("count", in: [1, 7, 16, 100]) { count in
      withEvery("decay, clipping", in: [(Float(0), Float(1)), (0.1, 0.25)]) { decay, clipping in
        var random = SeededRandom(seed: count)
        let parameter = random.tensor([count])
        let (first, second) = (Tensor(zeros: [count]), Tensor(zeros: [count]))
        var slow = SlowAdamW(parameter: Matrix(parameter).values)
        for step in 1...10 {
          let gradient = random.tensor([count])
          let numbers = AdamWStep(
            step: step, rate: 0.01 * Float(step), beta1: 0.9, beta2: 0.999, epsilon: 1e-8,
            weightDecay: decay, gradientScale: clipping)
          for range in [0..<count / 3, count / 3..<count] {
            Kernels.adamW(
              parameter.buffer, gradient: gradient.buffer, first: first.buffer,
              second: second.buffer, in: range, step: numbers)
          }
          slow.take(
            Matrix(gradient).values, step: step, rate: 0.01 * Double(step), decay: Double(decay),
            clipping: Double(clipping))
        }
        expectClose(parameter, tensor(slow.parameter), absolute: 5e-6)
        expectClose(first, tensor(slow.first), absolute: 1e-6)
        // 1 - 0.999 has few digits in float32.
        expectClose(second, tensor(slow.second), absolute: 1e-8, relative: 1e-4)
      }
    }
  }

  @Test func `rows with moments apart become what they become in place`() {
    withEvery("columns, decay", in: [(1, Float(0)), (7, 0.1), (33, 0), (384, 0.1)]) {
      columns, decay in
      var random = SeededRandom(seed: columns)
      let shape: Shape = [9, columns]
      let (expected, gradient) = (random.tensor(shape), Tensor(zeros: shape))
      let (first, second) = (Tensor(zeros: shape), Tensor(zeros: shape))
      let parameter = expected.copy()
      let (firstRows, secondRows) = (Tensor(zeros: [3, columns]), Tensor(zeros: [3, columns]))
      let rows: [Int32] = [5, 0, 8]
      // Row 0 has no gradient in the second step.
      for (step, places) in [[Int32(1), 2, 0], [0, -1, 1]].enumerated() {
        let gradients = random.tensor([3, columns])
        gradient.buffer.fill(with: 0)
        for (row, place) in zip(rows, places) where place >= 0 {
          Kernels.copyRows(
            Int(place)..<Int(place) + 1, of: gradients.buffer, to: gradient.buffer, at: Int(row),
            columns: columns)
        }
        let numbers = AdamWStep(
          step: step + 1, rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8,
          weightDecay: decay, gradientScale: 0.5)
        Kernels.adamW(
          expected.buffer, gradient: gradient.buffer, first: first.buffer, second: second.buffer,
          in: 0..<shape.count, step: numbers)
        for range in [0..<0, 0..<2, 2..<3] {
          Kernels.adamW(
            parameter.buffer, rows: rows, gradient: gradients.buffer, places: places,
            first: firstRows.buffer, second: secondRows.buffer, columns: columns, in: range,
            step: numbers)
        }
        for row in 0..<9 where !rows.contains(Int32(row)) {
          Kernels.adamWDecay(
            parameter.buffer, in: row * columns..<(row + 1) * columns, step: numbers)
        }
      }
      expectSameBits(parameter, expected)
      expectSameBits(
        Tensor(joiningRowsOf: rows.map { first.rows(Int($0)..<Int($0) + 1) }, columns: columns),
        firstRows)
    }
  }

  @Test func `without a gradient a parameter only decays`() {
    let parameter = Tensor([2], shape: [1])
    let zero = Tensor(zeros: [1])
    let step = AdamWStep(
      step: 1, rate: 0.5, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.5,
      gradientScale: 1)
    Kernels.adamW(
      parameter.buffer, gradient: zero.buffer, first: zero.copy().buffer,
      second: zero.copy().buffer, in: 0..<1, step: step)
    #expect(parameter.values == [1.5])
  }

  @Test func `the first step moves every parameter by the rate against its gradient`() {
    let parameter = Tensor(zeros: [3])
    let gradient = Tensor([1e-3, -5, 1e3], shape: [3])
    let step = AdamWStep(
      step: 1, rate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0,
      gradientScale: 1)
    Kernels.adamW(
      parameter.buffer, gradient: gradient.buffer, first: Tensor(zeros: [3]).buffer,
      second: Tensor(zeros: [3]).buffer, in: 0..<3, step: step)
    expectClose(parameter, Tensor([-0.1, 0.1, -0.1], shape: [3]), absolute: 2e-6)
  }

  private func tensor(_ values: [Double]) -> Tensor {
    Tensor(values.map { Float($0) }, shape: [values.count])
  }
}

// Loshchilov and Hutter 2019, Algorithm 2, line by line, with betas 0.9 and 0.999.
private struct SlowAdamW {
  var parameter: [Double]
  var first: [Double]
  var second: [Double]

  init(parameter: [Double]) {
    self.parameter = parameter
    first = parameter.map { _ in 0 }
    second = first
  }

  mutating func take(
    _ gradient: [Double], step: Int, rate: Double, decay: Double, clipping: Double
  ) {
    for index in parameter.indices {
      let g = gradient[index] * clipping
      first[index] = 0.9 * first[index] + 0.1 * g
      second[index] = 0.999 * second[index] + 0.001 * g * g
      let mean = first[index] / (1 - pow(0.9, Double(step)))
      let square = second[index] / (1 - pow(0.999, Double(step)))
      parameter[index] -=
        rate * (mean / (square.squareRoot() + 1e-8) + decay * parameter[index])
    }
  }
}
