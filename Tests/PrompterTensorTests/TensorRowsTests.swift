// SPDX-License-Identifier: Apache-2.0

import PrompterTensor
import Testing

@Suite struct TensorRowsTests {
  @Test func `joined matrices stand one after another`() {
    let (first, second) = (Tensor([1, 2], shape: [1, 2]), Tensor([3, 4, 5, 6], shape: [2, 2]))
    let joined = Tensor(joiningRowsOf: [first, Tensor(zeros: [0, 2]), second], columns: 2)
    #expect(joined.shape == [3, 2])
    #expect(joined.values == [1, 2, 3, 4, 5, 6])
  }

  @Test func `nothing joined is a matrix of no rows`() {
    #expect(Tensor(joiningRowsOf: [], columns: 3).shape == [0, 3])
  }

  @Test func `a matrix is placed among columns of zeros`() {
    let x = Tensor([1, 2, 3, 4], shape: [2, 2])
    #expect(x.placed(at: 1, ofColumns: 4).values == [0, 1, 2, 0, 0, 3, 4, 0])
    #expect(x.placed(at: 0, ofColumns: 2).values == x.values)
  }
}
