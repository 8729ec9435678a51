// SPDX-License-Identifier: Apache-2.0

import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct KernelsRowsTests {
  @Test func `gathered rows are those asked for`() {
    forEachShape { random, x in
      let indices = random.indices(x.rows + 2, below: x.rows)
      let y = Tensor(uninitialized: [indices.count, x.columns])
      Kernels.gatherRows(indices, of: x.buffer, into: y.buffer, columns: x.columns)
      #expect(y.values == indices.flatMap { row(Int($0), of: x) })
    }
  }

  @Test func `scattered rows are added where the index is not negative`() {
    forEachShape { random, x in
      let indices = random.indices(x.rows, below: 5).map { $0 - 1 }
      let y = random.tensor([4, x.columns])
      var expected = Matrix(y)
      for (origin, index) in indices.enumerated() where index >= 0 {
        for column in 0..<x.columns {
          expected[Int(index), column] += Matrix(x)[origin, column]
        }
      }
      Kernels.scatterAddRows(x.buffer, to: indices, of: y.buffer, columns: x.columns)
      expectClose(y, expected.tensor)
    }
  }

  @Test func `means and their pullback agree with the slow twin`() {
    forEachShape { random, x in
      let begin = random.indices(6, below: x.rows)
      let end = begin.map { min(Int32(x.rows), $0 + Int32(random.next() % 5)) }
      let dy = random.tensor([6, x.columns])
      var mean = Matrix(rows: 6, columns: x.columns)
      var dx = Matrix(x)
      for row in 0..<6 {
        for token in begin[row]..<end[row] {
          for column in 0..<x.columns {
            let share = 1 / Double(end[row] - begin[row])
            mean[row, column] += Matrix(x)[Int(token), column] * share
            dx[Int(token), column] += Matrix(dy)[row, column] * share
          }
        }
      }
      let y = Tensor(repeating: .nan, shape: [6, x.columns])
      Kernels.meanRows(of: x.buffer, begin: begin, end: end, into: y.buffer, columns: x.columns)
      expectClose(y, mean.tensor)
      Kernels.meanRowsPullback(
        dy.buffer, begin: begin, end: end, addingTo: x.buffer, columns: x.columns)
      expectClose(x, dx.tensor)
    }
  }

  @Test func `blocks of columns are copied and added between matrices`() {
    let x = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    let y = Tensor(zeros: [2, 4])
    Kernels.copyColumns(
      of: x.buffer, xColumns: 3, from: 1, to: y.buffer, yColumns: 4, at: 2, columns: 2)
    #expect(y.values == [0, 0, 2, 3, 0, 0, 5, 6])
    Kernels.addColumns(x.buffer, columns: 3, to: y.buffer, at: 1, targetColumns: 4)
    #expect(y.values == [0, 1, 4, 6, 0, 4, 10, 12])
  }

  @Test func `blocks of rows are copied between matrices`() {
    let x = Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2])
    let y = Tensor(zeros: [4, 2])
    Kernels.copyRows(of: x.buffer, to: y.buffer, at: 1, columns: 2)
    #expect(y.values == [0, 0, 1, 2, 3, 4, 5, 6])
    let z = Tensor(zeros: [2, 2])
    Kernels.copyRows(1..<3, of: x.buffer, to: z.buffer, columns: 2)
    #expect(z.values == [3, 4, 5, 6])
  }

  private func row(_ index: Int, of x: Tensor) -> [Float] {
    Array(x.values[index * x.columns..<(index + 1) * x.columns])
  }

  private func forEachShape(_ body: (inout SeededRandom, _ x: Tensor) -> Void) {
    withEvery("rows", in: [1, 2, 7, 33]) { rows in
      withEvery("columns", in: [1, 5, 8, 31, 64]) { columns in
        var random = SeededRandom(seed: rows + columns)
        body(&random, random.tensor([rows, columns]))
      }
    }
  }
}

extension KernelsRowsTests {
  @Test func `placed heads are blocks of columns of the source, head after head`() {
    var random = SeededRandom(seed: 8)
    let x = random.tensor([3, 7])
    let y = Tensor(zeros: [2, 5, 2])
    Kernels.placeHeads(
      of: x.buffer, xColumns: 7, from: 2, to: [4, 0, 2], of: y.buffer, heads: 2, size: 2)
    let zeros: [Float] = [0, 0]
    let heads = [2, 4].map { column in
      let blocks = (0..<3).map { Array(x.values[$0 * 7 + column..<$0 * 7 + column + 2]) }
      return [blocks[1], zeros, blocks[2], zeros, blocks[0]].flatMap(\.self)
    }
    #expect(y.values == heads.flatMap(\.self))
  }

  @Test func `a range of rows is copied to any place`() {
    var random = SeededRandom(seed: 9)
    let x = random.tensor([4, 3])
    let y = Tensor(zeros: [3, 3])
    Kernels.copyRows(1..<3, of: x.buffer, to: y.buffer, at: 1, columns: 3)
    #expect(y.values == [0, 0, 0] + Array(x.values[3..<9]))
  }
}
