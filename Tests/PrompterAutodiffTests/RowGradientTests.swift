// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct RowGradientTests {
  @Test func `what is added to a row twice is summed, and negative indices are passed over`() {
    let x = Tensor([1, 2, 3, 4, 5, 6, 7, 8], shape: [4, 2])
    let gradient = RowGradient(zeros: [9, 2]).adding(x, at: [7, -1, 0, 7])
    #expect(gradient.rows == [7, 0])
    #expect(gradient.values.values == [8, 10, 5, 6])
    let more = gradient.adding(Tensor([10, 20, 30, 40], shape: [2, 2]), at: [3, 0])
    #expect(more.rows == [7, 0, 3])
    #expect(more.values.values == [8, 10, 35, 46, 10, 20])
    #expect(gradient.values.values == [8, 10, 5, 6])
  }

  @Test func `a gradient of no row is one of zeros`() {
    let gradient = RowGradient(zeros: [3, 2]).adding(Tensor([1, 1], shape: [1, 2]), at: [-1])
    #expect(gradient.rows.isEmpty)
    #expect(gradient.values.shape == [0, 2])
    #expect(gradient.tensor.values == [0, 0, 0, 0, 0, 0])
  }

  @Test func `it has the bits of a gradient of all rows`() {
    withEvery("width", in: [1, 7, 16, 33]) { width in
      var random = SeededRandom(seed: width)
      var gradient = RowGradient(zeros: [50, width])
      let whole = Tensor(zeros: [50, width])
      for _ in 0..<3 {
        let (x, rows) = (random.tensor([40, width]), random.indices(40, below: 20))
        gradient = gradient.adding(x, at: rows)
        Kernels.scatterAddRows(x.buffer, to: rows, of: whole.buffer, columns: width)
      }
      #expect(gradient.rows.count <= 20)
      expectSameBits(gradient.tensor, whole)
    }
  }
}
