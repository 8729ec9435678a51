// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct RowsTests {
  @Test func `gathered rows send their gradients back, repeated ones added up`() {
    forEachShape { random, count, columns in
      let indices = random.indices(count + 3, below: count)
      checkGradients(of: [random.tensor([count, columns])]) { rows(indices, of: $0[0]) }
    }
  }

  @Test func `means of overlapping and empty ranges have right gradients`() {
    forEachShape { random, count, columns in
      let begin = random.indices(5, below: count)
      let end = begin.map { min(Int32(count), $0 + Int32(random.next() % 4)) }
      checkGradients(of: [random.tensor([count, columns])]) {
        meanRows(of: $0[0], begin: begin, end: end)
      }
    }
  }

  @Test func `slices of columns have right gradients`() {
    forEachShape { random, count, width in
      let first = Int(random.next() % UInt64(width))
      let last = first + 1 + Int(random.next() % UInt64(width - first))
      checkGradients(of: [random.tensor([count, width])]) { columns(first..<last, of: $0[0]) }
    }
  }

  @Test func `slices that meet again add up`() {
    var random = SeededRandom(seed: 4)
    checkGradients(of: [random.tensor([7, 31])]) {
      layerNorm(
        columns(0..<20, of: $0[0]), residual: columns(11..<31, of: $0[0]),
        gain: Variable(Tensor(repeating: 1, shape: [20])), offset: Variable(Tensor(zeros: [20])),
        epsilon: 1e-3)
    }
  }

  @Test func `values are those of the rows and columns asked for`() {
    let x = Variable(Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2]))
    #expect(rows([2, 0, 2], of: x).value.values == [5, 6, 1, 2, 5, 6])
    #expect(meanRows(of: x, begin: [0, 1], end: [3, 1]).value.values == [3, 4, 0, 0])
    #expect(columns(1..<2, of: x).value.values == [2, 4, 6])
  }

  private func forEachShape(_ body: (inout SeededRandom, _ rows: Int, _ columns: Int) -> Void) {
    withEvery("rows", in: [1, 2, 7, 33]) { rows in
      withEvery("columns", in: [1, 5, 8, 31, 64]) { columns in
        var random = SeededRandom(seed: rows * 23 + columns)
        body(&random, rows, columns)
      }
    }
  }
}
