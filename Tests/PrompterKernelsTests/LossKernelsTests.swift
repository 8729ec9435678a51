// SPDX-License-Identifier: Apache-2.0

import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct LossKernelsTests {
  @Test func `softmax agrees with the slow twin and each row adds up to 1`() {
    withEvery("columns", in: [1, 2, 5, 31]) { columns in
      var random = SeededRandom(seed: columns)
      let x = random.tensor([7, columns], in: -30...30)
      let y = Tensor(uninitialized: x.shape)
      Kernels.softmax(x.buffer, columns: columns, into: y.buffer)
      let rows = (0..<7).flatMap { row in
        Reference.softmax((0..<columns).map { Matrix(x)[row, $0] })
      }
      expectClose(y, Tensor(rows.map { Float($0) }, shape: x.shape), absolute: 1e-9)
    }
  }

  @Test func `the loss is the same with and without a gradient`() {
    var random = SeededRandom(seed: 3)
    let (x, labels) = (random.tensor([7, 5], in: -9...9), random.indices(7, below: 5))
    let gradient = Tensor(uninitialized: [7, 5])
    let alone = Kernels.crossEntropy(x.buffer, labels: labels, gradient: nil, gradientScale: 1)
    let both = Kernels.crossEntropy(
      x.buffer, labels: labels, gradient: gradient.buffer, gradientScale: 1)
    #expect(alone == both)
    #expect(abs(alone - Reference.crossEntropy(Matrix(x), labels: labels)) < 1e-9)
  }

  @Test func `no rows have no loss`() {
    let nothing = Tensor(zeros: [0, 3])
    let loss = Kernels.crossEntropy(
      nothing.buffer, labels: [], gradient: nothing.buffer, gradientScale: 1)
    #expect(loss == 0)
  }
}
