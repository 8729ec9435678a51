// SPDX-License-Identifier: Apache-2.0

import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct ProductKernelTests {
  // Tiles take 32 rows, columns and steps at a time, 600 rows of such a depth in two blocks, and
  // more than 4,096 steps in pieces.
  private let sizes = [
    (m: 1, n: 1, k: 1), (7, 5, 3), (33, 31, 64), (2, 130, 384), (32, 64, 96), (64, 32, 33),
    (65, 33, 31), (17, 16, 32), (600, 48, 1_100), (33, 40, 4_200),
  ]

  @Test(arguments: [false, true])
  func `a product of weights that change transposes and adds as asked`(isRounding: Bool) {
    withEvery("m, n, k", in: sizes) { m, n, k in
      var random = SeededRandom(seed: m + n + k)
      let (a, b, c) = (random.tensor([m, k]), random.tensor([k, n]), random.tensor([m, n]))
      let expected = Reference.product(factor(a, isRounding), factor(b, isRounding)).tensor
      for transposing in [(false, false), (true, false), (false, true), (true, true)] {
        let result = product(a, b, transposing, isRounding: isRounding)
        expectClose(result, expected, absolute: max(2e-5, 6e-8 * Double(k)))
        let sum = product(a, b, transposing, addedTo: c, isRounding: isRounding)
        Kernels.add(c.buffer, to: result.buffer)
        expectClose(sum, result, absolute: max(2e-5, 6e-8 * Double(k)))
      }
    }
  }

  // Sixteen columns beyond the last one, or rows, would be read as well.
  @Test func `a rounded product mixes in nothing that stands beyond its factors`() {
    var random = SeededRandom(seed: 4)
    let (a, b) = (random.tensor([35, 37]), random.tensor([37, 39]))
    let clean = product(a, b, (false, false), isRounding: true)
    for _ in 0..<4 {
      let spoilt = (0..<8).map { _ in Tensor(repeating: .nan, shape: [64, 64]) }
      withExtendedLifetime(spoilt) {}
    }
    expectSameBits(product(a.copy(), b.copy(), (false, false), isRounding: true), clean)
  }

  @Test(arguments: [false, true])
  func `a product writes its own values and no others`(isRounding: Bool) {
    var random = SeededRandom(seed: 5)
    withEvery("rows, columns", in: [(1, 1), (31, 33), (33, 31), (48, 65)]) { rows, columns in
      let (a, b) = (random.tensor([rows, 20]), random.tensor([20, columns]))
      let room = Tensor(repeating: 7, shape: [rows + 64, columns])
      Kernels.product(
        a.buffer, b.buffer, m: rows, n: columns, k: 20,
        into: Buffer(0..<rows * columns, of: room.buffer), roundingFactors: isRounding)
      #expect(room.values[(rows * columns)...].allSatisfy { $0 == 7 })
    }
  }

  @Test(.enabled(if: Precision.fastestForTrainedWeights == .bfloat16))
  func `a row's bits in tiles do not depend on how many rows there are`() {
    var random = SeededRandom(seed: 6)
    let (a, b) = (random.tensor([700, 130]), random.tensor([130, 70]))
    let all = product(a, b, (false, false), isRounding: true)
    withEvery("rows", in: [1, 15, 16, 17, 31, 32, 33, 64, 300]) { rows in
      let some = product(head(of: a, rows: rows), b, (false, false), isRounding: true)
      expectSameBits(some, head(of: all, rows: rows))
    }
  }

  @Test(arguments: [false, true])
  func `a product over nothing is zero, and one of nothing is nothing`(isRounding: Bool) {
    let result = Tensor(repeating: 5, shape: [2, 3])
    let nothing = Tensor(zeros: [2, 0])
    Kernels.product(
      nothing.buffer, nothing.buffer, m: 2, n: 3, k: 0, into: result.buffer,
      roundingFactors: isRounding)
    #expect(result.values == Array(repeating: 0, count: 6))
    Kernels.product(
      nothing.buffer, result.buffer, m: 0, n: 3, k: 2, into: nothing.buffer,
      roundingFactors: isRounding)
  }

  private func factor(_ x: Tensor, _ isRounding: Bool) -> Matrix {
    Matrix(isRounding ? x.rounded(to: .bfloat16) : x)
  }

  // a b, or that and c, from factors that are stored as they are or transposed.
  private func product(
    _ a: Tensor, _ b: Tensor, _ transposing: (a: Bool, b: Bool), addedTo c: Tensor? = nil,
    isRounding: Bool
  ) -> Tensor {
    let result = c?.copy() ?? Tensor(uninitialized: [a.rows, b.columns])
    Kernels.product(
      (transposing.a ? Matrix(a).transposed.tensor : a).buffer,
      (transposing.b ? Matrix(b).transposed.tensor : b).buffer, transposingA: transposing.a,
      transposingB: transposing.b, m: a.rows, n: b.columns, k: a.columns, into: result.buffer,
      accumulating: c != nil, roundingFactors: isRounding)
    return result
  }

  private func head(of x: Tensor, rows: Int) -> Tensor {
    let result = Tensor(uninitialized: [rows, x.columns])
    Kernels.copyRows(0..<rows, of: x.buffer, to: result.buffer, columns: x.columns)
    return result
  }
}
