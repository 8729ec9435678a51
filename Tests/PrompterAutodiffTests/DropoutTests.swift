// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct DropoutTests {
  @Test func `the gradient drops the same values`() {
    withEvery("rows", in: [1, 2, 7, 33]) { rows in
      withEvery("columns", in: [1, 5, 8, 31, 64]) { columns in
        var random = SeededRandom(seed: rows * 19 + columns)
        let dropout = Dropout(probability: 0.3, key: UInt32(columns))
        let keys = random.keys(rows)
        checkGradients(of: [random.tensor([rows, columns])]) {
          drop($0[0], by: dropout, rowKeys: keys)
        }
      }
    }
  }

  @Test func `nothing changes at probability 0`() {
    var random = SeededRandom(seed: 1)
    let x = random.tensor([7, 31])
    let y = drop(
      Variable(x), by: Dropout(probability: 0, key: 5), rowKeys: random.keys(7))
    expectSameBits(y.value, x)
  }
}
