// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct RankingKernelsTests {
  @Test func `the logarithms of sums agree with double precision`() {
    withEvery("columns", in: [1, 5, 16, 33, 1000]) { columns in
      var random = SeededRandom(seed: columns)
      let x = random.tensor([4, columns], in: -30...30)
      let sums = Tensor(uninitialized: [4])
      Kernels.logSums(of: x.buffer, columns: columns, into: sums.buffer)
      let rows = Matrix(x)
      let expected = (0..<4).map { row in
        Float(log((0..<columns).reduce(0) { $0 + exp(rows[row, $1]) }))
      }
      expectClose(sums, Tensor(expected, shape: [4]), absolute: 1e-6, relative: 1e-6)
    }
  }

  @Test func `the largest are those that sorting puts first`() {
    withEvery("columns", in: [1, 5, 33, 500]) { columns in
      withEvery("count", in: [1, 2, 8, 33].filter { $0 <= columns }) { count in
        var random = SeededRandom(seed: columns + count)
        // Few different values, so that many are equal.
        let values = random.indices(3 * columns, below: 40).map { Float($0) }
        let x = Tensor(values, shape: [3, columns])
        let expected = (0..<3).map { row -> [Int] in
          let own = Array(values[row * columns..<(row + 1) * columns])
          return Array(own.indices.sorted { (own[$1], $0) < (own[$0], $1) }.prefix(count))
        }
        #expect(Kernels.largest(count, of: x.buffer, columns: columns) == expected)
      }
    }
  }
}
