// SPDX-License-Identifier: Apache-2.0

import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct AdafactorKernelTests {
  @Test func `at full mixing the direction is the gradient's sign`() {
    let gradient = Tensor([1e-3, -5, 0, 1e8], shape: [4])
    let (second, direction) = (Tensor([9, 9, 9, 9], shape: [4]), Tensor(zeros: [4]))
    let mixing = AdafactorMixing(mixed: 1, epsilon: 1e-30, gradientScale: 0.5)
    Kernels.adafactorDirection(
      gradient.buffer, second: second.buffer, mixing: mixing, into: direction.buffer)
    expectClose(direction, Tensor([1, -1, 0, 1], shape: [4]), absolute: 1e-6)
    expectClose(second, Tensor([2.5e-7, 6.25, 1e-30, 2.5e15], shape: [4]), absolute: 1e-12)
  }

  @Test func `a gradient of rank one has the same direction factored and whole`() {
    withEvery("rows", in: [1, 2, 17]) { rows in
      withEvery("columns", in: [1, 3, 33]) { columns in
        var random = SeededRandom(seed: rows * 50 + columns)
        let (left, right) = (
          random.tensor([rows], in: 0.5...2).values, random.tensor([columns], in: 0.5...2).values
        )
        let gradient = Tensor(left.flatMap { l in right.map { l * $0 } }, shape: [rows, columns])
        let mixing = AdafactorMixing(mixed: 0.25, epsilon: 1e-30, gradientScale: 3)
        let (whole, factored) = (Tensor(zeros: [rows, columns]), Tensor(zeros: [rows, columns]))
        let second = Tensor(zeros: [rows, columns])
        Kernels.adafactorDirection(
          gradient.buffer, second: second.buffer, mixing: mixing, into: whole.buffer)
        let (rowMeans, columnMeans) = (Tensor(zeros: [rows]), Tensor(zeros: [columns]))
        Kernels.adafactorDirection(
          gradient.buffer, rowMeans: rowMeans.buffer, columnMeans: columnMeans.buffer,
          mixing: mixing, into: factored.buffer)
        expectClose(factored, whole, absolute: 1e-5)
      }
    }
  }

  @Test func `a gradient of nothing but zeros has no direction`() {
    let gradient = Tensor(zeros: [130, 200])
    let direction = Tensor(repeating: 7, shape: [130, 200])
    let mixing = AdafactorMixing(mixed: 1e-5, epsilon: 1e-30, gradientScale: 1)
    Kernels.adafactorDirection(
      gradient.buffer, rowMeans: Tensor(zeros: [130]).buffer,
      columnMeans: Tensor(zeros: [200]).buffer, mixing: mixing, into: direction.buffer)
    #expect(direction.values.allSatisfy { $0 == 0 })
  }

  @Test func `a step follows the direction or the mean of directions`() {
    let direction = Tensor([1, -2], shape: [2])
    let parameter = Tensor([10, 10], shape: [2])
    let step = AdafactorStep(scale: 0.5, beta1: 0.75, kept: 0.5)
    Kernels.adafactorStep(
      parameter.buffer, first: nil, direction: direction.buffer, step: step)
    #expect(parameter.values == [4.5, 6])
    let first = Tensor([1, 1], shape: [2])
    Kernels.adafactorStep(
      parameter.buffer, first: first.buffer, direction: direction.buffer, step: step)
    #expect(first.values == [0.875, 0.5])
    #expect(parameter.values == [1.375, 2.5])
  }
}
