// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct PackedMatrixTests {
  // The last one's pullback is deeper than tiles add up at a time.
  private let sizes = [
    (inputs: 1, outputs: 1), (5, 3), (31, 17), (64, 64), (33, 130), (384, 384), (384, 1152),
    (384, 1536), (1536, 384), (40, 4_200),
  ]

  @Test(arguments: [PackedMatrix.Layout.panels, .packed, .automatic], Precision.allCases)
  func `both directions agree with the slow product of their factors`(
    layout: PackedMatrix.Layout, precision: Precision
  ) {
    withEvery("inputs, outputs", in: sizes) { inputs, outputs in
      var random = SeededRandom(seed: inputs + outputs)
      let weight = random.tensor([outputs, inputs])
      let matrix = PackedMatrix(
        weight.buffer, outputs: outputs, inputs: inputs, layout: layout, precision: precision)
      let limit = inputs * outputs > 100_000 ? 35 : 130
      let x = random.tensor([limit, inputs])
      let y = random.tensor([limit, outputs])
      let (forward, backward) = expected(weight, x, y, precision)
      withEvery("rows", in: [1, 2, 3, 7, 16, 31, 32, 33, 64, 65, 130].filter { $0 <= limit }) {
        let (found, back) = products(matrix, x, y, rows: $0)
        expectClose(found, head(of: forward, rows: $0), absolute: tolerance(depth: inputs))
        expectClose(back, head(of: backward, rows: $0), absolute: tolerance(depth: outputs))
      }
    }
  }

  @Test(arguments: Precision.allCases)
  func `any number of rows up to 150 agrees with the slow product`(precision: Precision) {
    withEvery("inputs, outputs", in: [(5, 3), (17, 31), (70, 33)]) { inputs, outputs in
      var random = SeededRandom(seed: inputs - outputs)
      let weight = random.tensor([outputs, inputs])
      let matrix = PackedMatrix(
        weight.buffer, outputs: outputs, inputs: inputs, precision: precision)
      let (x, y) = (random.tensor([150, inputs]), random.tensor([150, outputs]))
      let (forward, backward) = expected(weight, x, y, precision)
      withEvery("rows", in: 1...150) {
        let (found, back) = products(matrix, x, y, rows: $0)
        expectClose(found, head(of: forward, rows: $0))
        expectClose(back, head(of: backward, rows: $0))
      }
    }
  }

  @Test(arguments: [PackedMatrix.Layout.panels, .automatic], Precision.allCases)
  func `the first product notices what is not finite, wherever it is`(
    layout: PackedMatrix.Layout, precision: Precision
  ) {
    let (outputs, inputs) = (33, 530)
    var random = SeededRandom(seed: 6)
    let x = random.tensor([2, inputs])
    func isFinite(_ place: Int?, _ value: Float) -> (before: Bool, after: Bool) {
      let weight = random.tensor([outputs, inputs])
      if let place { weight.buffer[place] = value }
      let matrix = PackedMatrix(
        weight.buffer, outputs: outputs, inputs: inputs, layout: layout, precision: precision)
      let before = matrix.isFinite
      _ = products(matrix, x, random.tensor([2, outputs]), rows: 2)
      return (before, matrix.isFinite)
    }
    #expect(isFinite(nil, 0) == (true, true))
    #expect(isFinite(7, .greatestFiniteMagnitude).after)
    for place in [0, 529, 530, 16 * 530 + 512, outputs * inputs - 1] {
      for value in [Float.nan, .infinity, -.infinity] {
        #expect(!isFinite(place, value).after, "\(value) at \(place)")
      }
    }
  }

  // Not the packed path where the library may have no packed format for this CPU: nothing uses
  // that.
  private static let layouts: [PackedMatrix.Layout] =
    Precision.isBFloat16Native ? [.panels, .packed, .automatic] : [.panels, .automatic]

  @Test(arguments: layouts, Precision.allCases)
  func `a row's bits do not depend on how many rows there are`(
    layout: PackedMatrix.Layout, precision: Precision
  ) {
    let counts = [
      1, 2, 3, 4, 5, 6, 7, 8, 12, 24, 31, 32, 33, 48, 49, 64, 97, 200, 383, 384, 385, 800,
    ]
    onOneThread {
      withEvery("inputs, outputs", in: sizes) { inputs, outputs in
        var random = SeededRandom(seed: inputs * outputs)
        let weight = random.tensor([outputs, inputs])
        let matrix = PackedMatrix(
          weight.buffer, outputs: outputs, inputs: inputs, layout: layout, precision: precision)
        let (x, y) = (random.tensor([1000, inputs]), random.tensor([1000, outputs]))
        let (forward, backward) = products(matrix, x, y, rows: 1000)
        withEvery("rows", in: counts) {
          let (found, back) = products(matrix, x, y, rows: $0)
          expectSameBits(found, head(of: forward, rows: $0))
          expectSameBits(back, head(of: backward, rows: $0))
        }
      }
    }
  }

  @Test(arguments: layouts, Precision.allCases)
  func `a row's bits are the same among any number up to 300`(
    layout: PackedMatrix.Layout, precision: Precision
  ) {
    onOneThread {
      withEvery("inputs, outputs", in: [(96, 64), (384, 384)]) { inputs, outputs in
        var random = SeededRandom(seed: inputs)
        let weight = random.tensor([outputs, inputs])
        let matrix = PackedMatrix(
          weight.buffer, outputs: outputs, inputs: inputs, layout: layout, precision: precision)
        let (x, y) = (random.tensor([300, inputs]), random.tensor([300, outputs]))
        let (forward, backward) = products(matrix, x, y, rows: 300)
        withEvery("rows", in: 1..<300) {
          let (found, back) = products(matrix, x, y, rows: $0)
          expectSameBits(found, head(of: forward, rows: $0))
          expectSameBits(back, head(of: backward, rows: $0))
        }
      }
    }
  }

  @Test(arguments: layouts, Precision.allCases)
  func `a row's bits do not depend on where it stands`(
    layout: PackedMatrix.Layout, precision: Precision
  ) {
    onOneThread {
      withEvery("inputs, outputs", in: [(384, 384), (1536, 384)]) { inputs, outputs in
        var random = SeededRandom(seed: 5)
        let weight = random.tensor([outputs, inputs])
        let matrix = PackedMatrix(
          weight.buffer, outputs: outputs, inputs: inputs, layout: layout, precision: precision)
        let row = random.tensor([1, inputs]).values
        let x = Tensor((0..<901).flatMap { _ in row }, shape: [901, inputs])
        let (y, _) = products(matrix, x, Tensor(zeros: [901, outputs]), rows: 901)
        let first = head(of: y, rows: 1).values
        expectSameBits(y, Tensor((0..<901).flatMap { _ in first }, shape: y.shape))
      }
    }
  }

  // The first product forgets its panels, later ones keep those of one direction.
  @Test func `the first product gives the bits of all others`() {
    withEvery("inputs, outputs", in: sizes + [(600, 50), (257, 100)]) { inputs, outputs in
      var random = SeededRandom(seed: inputs + 3 * outputs)
      let weight = random.tensor([outputs, inputs])
      let (x, y) = (random.tensor([300, inputs]), random.tensor([300, outputs]))
      withEvery("rows", in: [1, 7, 100, 300]) { rows in
        let matrix = PackedMatrix(
          weight.buffer, outputs: outputs, inputs: inputs, layout: .panels)
        let first = products(matrix, x, y, rows: rows)
        withEvery("product", in: 1...2) { _ in
          let later = products(matrix, x, y, rows: rows)
          expectSameBits(later.forward, first.forward)
          expectSameBits(later.backward, first.backward)
        }
      }
    }
  }

  @Test(arguments: Precision.allCases)
  func `what stands beyond the last row is not mixed in`(precision: Precision) {
    var random = SeededRandom(seed: 6)
    for layout in [PackedMatrix.Layout.panels, .packed, .automatic] {
      let weight = random.tensor([64, 384])
      let matrix = PackedMatrix(
        weight.buffer, outputs: 64, inputs: 384, layout: layout, precision: precision)
      let x = random.tensor([3, 384])
      let (clean, _) = products(matrix, x, Tensor(zeros: [3, 64]), rows: 3)
      // The pool hands these blocks out again, so that the room to spare is full of NaN.
      for _ in 0..<4 {
        let spoilt = (0..<8).map { _ in Tensor(repeating: .nan, shape: [32, 384]) }
        let spoiltOutputs = (0..<8).map { _ in Tensor(repeating: .nan, shape: [32, 64]) }
        withExtendedLifetime((spoilt, spoiltOutputs)) {}
      }
      expectSameBits(products(matrix, x.copy(), Tensor(zeros: [3, 64]), rows: 3).forward, clean)
    }
  }

  // The instructions take the smallest values for zeros and add in another order.
  @Test(.enabled(if: Precision.isBFloat16Native))
  func
    `the CPU's bfloat16, ours and the library's, gives what rounding and multiplying in float32 gives`()
  {
    onOneThread {
      withEvery("inputs, outputs", in: sizes + [(1152, 384), (3072, 768)]) { inputs, outputs in
        var random = SeededRandom(seed: inputs + 2 * outputs)
        let weight = random.tensor([outputs, inputs])
        func matrix(_ layout: PackedMatrix.Layout) -> PackedMatrix {
          PackedMatrix(
            weight.buffer, outputs: outputs, inputs: inputs, layout: layout, precision: .bfloat16)
        }
        let (native, library, portable) = (matrix(.automatic), matrix(.packed), matrix(.panels))
        let (x, y) = (random.tensor([150, inputs]), random.tensor([150, outputs]))
        withEvery("rows", in: [1, 31, 32, 33, 63, 64, 65, 96, 97, 150]) {
          let (found, back) = products(native, x, y, rows: $0)
          let (forward, backward) = products(portable, x, y, rows: $0)
          expectClose(found, forward, absolute: 1e-4)
          expectClose(back, backward, absolute: 1e-4)
          expectClose(products(library, x, y, rows: $0).forward, forward, absolute: 1e-4)
        }
      }
    }
  }

  @Test func `a weight of bfloat16 values gives the same bits, rounded or not`() {
    var random = SeededRandom(seed: 8)
    let weight = random.tensor([130, 33])
    let narrow = weight.rounded(to: .bfloat16)
    let (x, y) = (random.tensor([7, 33]), random.tensor([7, 130]))
    func results(_ weight: Tensor) -> (forward: Tensor, backward: Tensor) {
      products(
        PackedMatrix(weight.buffer, outputs: 130, inputs: 33, precision: .bfloat16), x, y, rows: 7)
    }
    expectSameBits(results(weight).forward, results(narrow).forward)
    expectSameBits(results(weight).backward, results(narrow).backward)
  }

  // Sums grow with the root of their depth, and so does the number of roundings that do not cancel.
  private func tolerance(depth: Int) -> Double { max(2e-5, 6e-8 * Double(depth)) }

  // Both directions' products of rounded factors. A factor's row is rounded as a whole, and so is a
  // column of what it is multiplied with.
  private func expected(
    _ weight: Tensor, _ x: Tensor, _ y: Tensor, _ precision: Precision
  ) -> (forward: Tensor, backward: Tensor) {
    func factor(_ tensor: Tensor) -> Matrix { Matrix(tensor.rounded(to: precision)) }
    let columns = Matrix(weight).transposed.tensor
    return (
      Reference.product(factor(x), factor(weight).transposed).tensor,
      Reference.product(factor(y), factor(columns).transposed).tensor
    )
  }

  @Test(arguments: Precision.allCases)
  func `parts one below the other give the bits of the whole weight`(precision: Precision) {
    var random = SeededRandom(seed: 10)
    withEvery("parts", in: [2, 3]) { count in
      let parts = (0..<count).map { _ in random.tensor([37, 130]) }
      let whole = Tensor(joiningRowsOf: parts, columns: 130)
      let joined = PackedMatrix(
        joining: parts.map(\.buffer), outputs: count * 37, inputs: 130, precision: precision)
      let single = PackedMatrix(
        whole.buffer, outputs: count * 37, inputs: 130, precision: precision)
      let (x, y) = (random.tensor([7, 130]), random.tensor([7, count * 37]))
      let (found, expected) = (
        products(joined, x, y, rows: 7), products(single, x, y, rows: 7)
      )
      expectSameBits(found.forward, expected.forward)
      expectSameBits(found.backward, expected.backward)
    }
  }

  // int16 lets go of a file's pages, each direction when it has its integers.
  @Test(arguments: Precision.allCases)
  func `a weight in a file gives what one in memory gives`(precision: Precision) throws {
    var random = SeededRandom(seed: 9)
    let weight = random.tensor([96, 130])
    let (x, y) = (random.tensor([7, 130]), random.tensor([7, 96]))
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try unsafe weight.values.withUnsafeBytes { unsafe Data($0) }.write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    let file = try MappedFile(path: url.path(percentEncoded: false))
    let mapped = try #require(Buffer(in: file, at: 0, count: 96 * 130))
    func matrix(_ weight: Buffer) -> PackedMatrix {
      PackedMatrix(weight, outputs: 96, inputs: 130, precision: precision)
    }
    let (inFile, inMemory) = (matrix(mapped), matrix(weight.buffer))
    withEvery("product", in: 1...2) { _ in
      let (found, expected) = (
        products(inFile, x, y, rows: 7), products(inMemory, x, y, rows: 7)
      )
      expectSameBits(found.forward, expected.forward)
      expectSameBits(found.backward, expected.backward)
    }
    expectSameBits(Tensor(reading: mapped, shape: [96, 130]), weight)
  }

  // A library with threads of its own splits rows among them, so replicas keep it to one.
  private func onOneThread(_ body: () -> Void) {
    withExtendedLifetime(ThreadTeam(count: 1)) { body() }
  }

  // Both products of the first rows of x and y.
  private func products(
    _ matrix: PackedMatrix, _ x: Tensor, _ y: Tensor, rows: Int
  ) -> (forward: Tensor, backward: Tensor) {
    let forward = Tensor(uninitialized: [rows, matrix.outputs])
    let backward = Tensor(uninitialized: [rows, matrix.inputs])
    matrix.multiply(head(of: x, rows: rows).buffer, rows: rows, into: forward.buffer)
    matrix.multiplyTransposed(head(of: y, rows: rows).buffer, rows: rows, into: backward.buffer)
    return (forward, backward)
  }

  private func head(of x: Tensor, rows: Int) -> Tensor {
    let result = Tensor(uninitialized: [rows, x.columns])
    Kernels.copyRows(0..<rows, of: x.buffer, to: result.buffer, columns: x.columns)
    return result
  }
}
