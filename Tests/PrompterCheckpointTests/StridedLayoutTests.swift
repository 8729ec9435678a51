// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterCheckpoint

@Suite struct StridedLayoutTests {
  @Test func `both orders have their strides and reach`() {
    let rows = StridedLayout(rowMajor: [2, 3, 4], available: 24)
    #expect(rows?.strides == [12, 4, 1] && rows?.reach == 24 && rows?.isContiguous == true)
    let columns = StridedLayout(columnMajor: [2, 3, 4], available: 24)
    #expect(columns?.strides == [1, 2, 6] && columns?.reach == 24)
    #expect(columns?.isContiguous == false)
    #expect(StridedLayout(rowMajor: [2, 3, 4], available: 23) == nil)
    #expect(StridedLayout(columnMajor: [2, 3, 4], available: 23) == nil)
  }

  @Test func `a row, a column and a scalar are contiguous in either order`() {
    for extents in [[5], [1, 5], [5, 1], [1, 5, 1], []] {
      #expect(StridedLayout(columnMajor: extents, available: 5)?.isContiguous == true)
      #expect(StridedLayout(rowMajor: extents, available: 5)?.isContiguous == true)
    }
  }

  @Test func `a part with gaps reaches to its last value`() {
    let part = StridedLayout(extents: [2, 2], strides: [4, 1], available: 6)
    #expect(part?.reach == 6 && part?.isContiguous == false)
    #expect(StridedLayout(extents: [2, 2], strides: [4, 1], available: 5) == nil)
  }

  @Test func `nothing needs no values, but a shape that can be`() {
    #expect(StridedLayout(extents: [0, 4], strides: [4, 1], available: 0)?.reach == 0)
    #expect(StridedLayout(rowMajor: [.max, 0], available: 0) == nil)
    #expect(StridedLayout(columnMajor: [.max, 2, 0], available: 0) == nil)
  }
}
