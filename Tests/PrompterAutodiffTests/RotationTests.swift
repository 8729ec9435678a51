// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct RotationTests {
  private func forEachCase(_ body: (_ x: Tensor, _ heads: Int, _ rotation: Rotation) -> Void) {
    withEvery("size", in: [2, 6, 32, 64, 68, 130]) { size in
      withEvery("heads, behind", in: [(1, 0), (3, 5), (2, 32)]) { heads, behind in
        var random = SeededRandom(seed: size + heads)
        let table = RotationTable(size: size, base: 100, count: 40)
        body(
          random.tensor([5, heads * size + behind]), heads,
          Rotation(table, places: [0, 39, 1, 1, 17]))
      }
    }
  }

  @Test func `every value agrees with the slow twin`() {
    forEachCase { x, heads, rotation in
      let found = rotate(Variable(x), heads: heads, by: rotation)
      let expected = Reference.rotated(
        Matrix(x), heads: heads, size: rotation.table.size, base: 100, places: rotation.places)
      expectClose(found.value, expected.tensor, absolute: 3e-6)
    }
  }

  @Test func `the gradient is right`() {
    forEachCase { x, heads, rotation in
      checkGradients(of: [x], elements: 5) { rotate($0[0], heads: heads, by: rotation) }
    }
  }

  @Test func `turning back undoes it`() {
    forEachCase { x, heads, rotation in
      let (turned, back) = (Tensor(uninitialized: x.shape), Tensor(uninitialized: x.shape))
      Kernels.rotate(x.buffer, heads: heads, by: rotation, into: turned.buffer)
      Kernels.rotate(turned.buffer, heads: heads, by: rotation, .backward, into: back.buffer)
      expectClose(back, x, absolute: 1e-6)
    }
  }

  @Test func `a rounded matrix is turned to what its values become, rounded`() {
    forEachCase { x, heads, rotation in
      withEvery("direction", in: [RotationDirection.forward, .backward]) { direction in
        let matrix = RoundedMatrix(rounding: x.buffer, rows: x.rows, columns: x.columns)
        let expected = Tensor(uninitialized: x.shape)
        Kernels.rotate(
          matrix.widened(), heads: heads, by: rotation, direction, into: expected.buffer)
        matrix.rotate(heads: heads, by: rotation, direction)
        let rounded = RoundedMatrix(
          rounding: expected.buffer, rows: x.rows, columns: x.columns)
        expectClose(
          Tensor(reading: matrix.widened(), shape: x.shape),
          Tensor(reading: rounded.widened(), shape: x.shape), absolute: 1e-6, relative: 0.008)
      }
    }
  }

  @Test func `a shift of all places changes no product of a query and a key`() {
    var random = SeededRandom(seed: 4)
    let size = 32
    let (query, key) = (random.tensor([1, size]), random.tensor([1, size]))
    let table = RotationTable(size: size, base: 10_000, count: 700)
    func product(_ place: Int32, _ other: Int32) -> Float {
      let a = rotate(Variable(query), heads: 1, by: Rotation(table, places: [place]))
      let b = rotate(Variable(key), heads: 1, by: Rotation(table, places: [other]))
      return zip(a.value.values, b.value.values).reduce(0) { $0 + $1.0 * $1.1 }
    }
    withEvery("distance", in: [0, 1, 9, 64] as [Int32]) { distance in
      let expected = product(0, distance)
      withEvery("shift", in: [1, 20, 512] as [Int32]) { shift in
        #expect(abs(product(shift, shift + distance) - expected) < 1e-4, "\(Trace.current)")
      }
    }
    #expect(abs(product(0, 9) - product(0, 10)) > 1e-3)
  }
}
