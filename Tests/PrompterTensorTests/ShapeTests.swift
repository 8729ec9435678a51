// SPDX-License-Identifier: Apache-2.0

import PrompterTensor
import Testing

@Suite struct ShapeTests {
  @Test func `a shape is its extents`() {
    let shape: Shape = [2, 3, 5]
    #expect(shape.rank == 3)
    #expect(shape.count == 30)
    #expect(shape[1] == 3)
    #expect(shape.description == "[2, 3, 5]")
    #expect(shape == Shape([2, 3, 5]))
    #expect(shape != [2, 15])
  }

  @Test func `all axes but the last are the rows of a matrix`() {
    let shape: Shape = [2, 3, 5]
    #expect(shape.rows == 6)
    #expect(shape.columns == 5)
  }

  @Test func `a scalar is one row of one column`() {
    let shape: Shape = []
    #expect(shape.rank == 0)
    #expect(shape.count == 1)
    #expect(shape.rows == 1)
    #expect(shape.columns == 1)
  }

  @Test func `a shape may be empty along an axis`() {
    #expect(Shape([0, 4]).count == 0)
    #expect(Shape([0, 4]).rows == 0)
    #expect(Shape([4, 0]).rows == 4)
  }
}
