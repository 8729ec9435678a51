// SPDX-License-Identifier: Apache-2.0

import PrompterKernels
import PrompterTensor
import Testing

@Suite struct TensorTests {
  @Test func `values stand row after row`() {
    let x = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(x.values == [1, 2, 3, 4, 5, 6])
    #expect(x.rows == 2)
    #expect(x.columns == 3)
  }

  @Test func `zeros and repeated values fill the whole shape`() {
    #expect(Tensor(zeros: [2, 2]).values == [0, 0, 0, 0])
    #expect(Tensor(repeating: 1.5, shape: [3]).values == [1.5, 1.5, 1.5])
    #expect(Tensor(repeating: 2, shape: []).values == [2])
    #expect(Tensor(zeros: [0, 7]).values == [])
  }

  @Test func `copies by assignment share storage, copies by copy do not`() {
    let x = Tensor([1, 2], shape: [2])
    let (same, other) = (x, x.copy())
    x.buffer[0] = 9
    #expect(same.values == [9, 2])
    #expect(other.values == [1, 2])
  }

  @Test func `a reshaped tensor shares storage`() {
    let x = Tensor([1, 2, 3, 4], shape: [2, 2])
    let row = x.reshaped(to: [4])
    x.buffer[3] = 7
    #expect(row.shape == [4])
    #expect(row.values == [1, 2, 3, 7])
  }

  @Test func `there is room for whole tiles of 32 rows`() {
    for (rows, room) in [(1, 32), (31, 32), (32, 32), (33, 64), (60, 64), (96, 96)] {
      let x = Tensor(uninitialized: [rows, 5])
      #expect(x.buffer.count == rows * 5)
      #expect(x.buffer.capacity == room * 5)
    }
  }

  @Test func `a description shows the shape and the first values`() {
    #expect(Tensor([0, 1], shape: [2]).description == "Tensor [2]: 0.0, 1.0")
    let long = Tensor(repeating: 1, shape: [3, 3]).description
    #expect(long.hasPrefix("Tensor [3, 3]: 1.0, "))
    #expect(long.hasSuffix(", …"))
  }
}
