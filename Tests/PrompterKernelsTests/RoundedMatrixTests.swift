// SPDX-License-Identifier: Apache-2.0

import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct RoundedMatrixTests {
  private let shapes = [(1, 1), (3, 32), (16, 64), (17, 33), (33, 96), (50, 70)]

  private func widened(_ matrix: RoundedMatrix) -> Tensor {
    Tensor(reading: matrix.widened(), shape: [matrix.rows, matrix.columns])
  }

  @Test func `what is rounded comes back as the nearest bfloat16`() {
    withEvery("rows, columns", in: shapes) { rows, columns in
      var random = SeededRandom(seed: rows + columns)
      let x = random.tensor([rows, columns], in: -3...3)
      let matrix = RoundedMatrix(rounding: x.buffer, rows: rows, columns: columns)
      expectSameBits(widened(matrix), x.rounded(to: .bfloat16))
    }
  }

  // Half a unit of bfloat16's last place, where sums of another order fall to its other side.
  private func expectRounded(_ found: RoundedMatrix, _ expected: Tensor) {
    expectClose(widened(found), expected.rounded(to: .bfloat16), absolute: 1e-4, relative: 1 / 128)
    let off = zip(widened(found).values, expected.rounded(to: .bfloat16).values).count { $0 != $1 }
    #expect(off * 50 <= expected.shape.count, "\(off) of \(expected.shape.count) differ")
  }

  @Test(arguments: [PackedMatrix.Layout.panels, .automatic])
  func `products that round are the others' rounded`(layout: PackedMatrix.Layout) {
    withEvery("outputs, inputs", in: [(32, 32), (96, 64), (33, 40), (70, 17)]) { outputs, inputs in
      withEvery("rows", in: [1, 15, 16, 17, 33, 100]) { rows in
        var random = SeededRandom(seed: outputs + rows)
        let matrix = PackedMatrix(
          random.tensor([outputs, inputs]).buffer, outputs: outputs, inputs: inputs,
          layout: layout, precision: .bfloat16)
        let (x, bias) = (random.tensor([rows, inputs]), random.tensor([outputs]))
        let dy = random.tensor([rows, outputs])
        let (y, dx) = (Tensor(zeros: dy.shape), Tensor(zeros: x.shape))
        matrix.multiply(x.buffer, rows: rows, into: y.buffer)
        matrix.multiplyTransposed(dy.buffer, rows: rows, into: dx.buffer)
        expectRounded(matrix.roundedProduct(x.buffer, rows: rows), y)
        expectRounded(matrix.roundedProductTransposed(dy.buffer, rows: rows), dx)
        Kernels.addBias(bias.buffer, to: y.buffer)
        expectRounded(matrix.roundedProduct(x.buffer, rows: rows, adding: bias.buffer), y)
      }
    }
  }

  @Test(arguments: [PackedMatrix.Layout.panels, .automatic])
  func `products of rounded rows are those of the same values`(layout: PackedMatrix.Layout) {
    withEvery("outputs, inputs", in: [(32, 32), (96, 64), (33, 40), (70, 17)]) { outputs, inputs in
      withEvery("rows", in: [1, 15, 16, 17, 33, 100, 300]) { rows in
        var random = SeededRandom(seed: outputs - rows)
        let matrix = PackedMatrix(
          random.tensor([outputs, inputs]).buffer, outputs: outputs, inputs: inputs,
          layout: layout, precision: .bfloat16)
        let (x, dy) = (random.tensor([rows, inputs]), random.tensor([rows, outputs]))
        let (y, dx) = (Tensor(zeros: dy.shape), Tensor(zeros: x.shape))
        let (foundY, foundDX) = (Tensor(zeros: dy.shape), Tensor(zeros: x.shape))
        matrix.multiply(x.buffer, rows: rows, into: y.buffer)
        matrix.multiplyTransposed(dy.buffer, rows: rows, into: dx.buffer)
        matrix.multiply(
          RoundedMatrix(rounding: x.buffer, rows: rows, columns: inputs), into: foundY.buffer)
        matrix.multiplyTransposed(
          RoundedMatrix(rounding: dy.buffer, rows: rows, columns: outputs), into: foundDX.buffer)
        expectSameBits(foundY, y)
        expectSameBits(foundDX, dx)
      }
    }
  }

  @Test(arguments: [PackedMatrix.Layout.panels, .automatic])
  func `a row's bits do not depend on how many rows there are`(layout: PackedMatrix.Layout) {
    var random = SeededRandom(seed: 3)
    let matrix = PackedMatrix(
      random.tensor([96, 64]).buffer, outputs: 96, inputs: 64, layout: layout,
      precision: .bfloat16)
    let x = random.tensor([320, 64])
    let all = widened(matrix.roundedProduct(x.buffer, rows: 320))
    withEvery("rows", in: [1, 15, 16, 17, 31, 32, 33, 288, 289]) { rows in
      let some = Tensor(Array(x.values.prefix(rows * 64)), shape: [rows, 64])
      expectSameBits(
        widened(matrix.roundedProduct(some.buffer, rows: rows)),
        Tensor(Array(all.values.prefix(rows * 96)), shape: [rows, 96]))
    }
  }

  @Test func `assembled rows are those of the parts, and copies' gradients add up`() {
    let slots: [Int32] = [-2, 0, -2, 16, -1, 3, -2, 2] + (0..<17).map { Int32(16 - $0) }
    withEvery("columns", in: [1, 32, 33, 70, 96]) { columns in
      var random = SeededRandom(seed: columns)
      let (constants, copied) = (random.tensor([17, columns]), random.tensor([3, columns]))
      let matrix = RoundedMatrix(
        assembling: slots,
        constants: RoundedMatrix(rounding: constants.buffer, rows: 17, columns: columns),
        copied: RoundedMatrix(rounding: copied.buffer, rows: 3, columns: columns))
      let expected = slots.flatMap { slot in
        let part = (slot < 0 ? copied : constants).rounded(to: .bfloat16).values
        return part[(Int(slot < 0 ? -1 - slot : slot) * columns)...].prefix(columns)
      }
      expectSameBits(widened(matrix), Tensor(expected, shape: [slots.count, columns]))
      let sums = Tensor(
        reading: matrix.sumsOfCopies(slots, count: 3), shape: [3, columns])
      let rows = copied.rounded(to: .bfloat16).values
      let counts: [Float] = [1, 3, 0]
      expectClose(
        sums,
        Tensor(rows.indices.map { counts[$0 / columns] * rows[$0] }, shape: [3, columns]),
        absolute: 1e-6)
    }
  }
}
