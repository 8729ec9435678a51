// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct KernelsTests {
  @Test func `tanh is within its stated error everywhere`() {
    let x = grid(from: -12, through: 12, count: 400_001)
    let y = Tensor(uninitialized: x.shape)
    Kernels.tanh(x.buffer, into: y.buffer)
    let worst = largest(x, y) { value, found in abs(found - Foundation.tanh(value)) }
    #expect(worst.size < 3e-7, "at \(worst.place)")
  }

  // The stated error is the normal distribution's; gelu is that times x, rounded.
  @Test func `gelu and its slope are within their stated errors everywhere`() {
    let x = grid(from: -12, through: 12, count: 400_001)
    let y = Tensor(uninitialized: x.shape)
    let (ones, slope) = (Tensor(repeating: 1, shape: x.shape), Tensor(uninitialized: x.shape))
    let slopes = ActivationSlopes(
      rows: x.rows, columns: x.columns, of: .gelu, areRounded: false)
    Kernels.activate(x.buffer, by: .gelu, columns: x.columns, into: y.buffer, slopes: slopes)
    Kernels.activatePullback(ones.buffer, slopes: slopes, into: slope.buffer)
    let worst = largest(x, y) { value, found in
      abs(found - Reference.gelu(value)) / max(1, abs(value))
    }
    #expect(worst.size < 2e-7, "at \(worst.place)")
    let worstSlope = largest(x, slope) { value, found in
      abs(found - Reference.geluSlope(value)) / max(1, abs(value))
    }
    #expect(worstSlope.size < 4e-7, "at \(worstSlope.place)")
  }

  // Attention over two keys with scores 0 and x gives e^x / (1 + e^x) where their values are 0, 1.
  @Test func `exponentials inside attention are exact to a few units in the last place`() {
    let count = 40_001
    let x = grid(from: -80, through: 0, count: count)
    let queries = Tensor(repeating: 1, shape: [count, 1])
    let (keys, values) = (Tensor(zeros: [2 * count, 1]), Tensor(zeros: [2 * count, 1]))
    for index in 0..<count {
      keys.buffer[2 * index + 1] = x.buffer[index]
      values.buffer[2 * index + 1] = 1
    }
    let output = Tensor(uninitialized: [count, 1])
    let kernel = AttentionKernel(
      heads: 1, size: 1, scale: 1, queryOffsets: (0...Int32(count)).map { $0 },
      keyOffsets: (0...Int32(count)).map { 2 * $0 })
    kernel.forward(
      queries: ColumnBlock(queries.buffer, columns: 1, first: 0),
      keys: ColumnBlock(keys.buffer, columns: 1, first: 0),
      values: ColumnBlock(values.buffer, columns: 1, first: 0), prefix: nil, into: output.buffer,
      logSums: nil)
    let worst = largest(x, output) { value, found in
      let expected = exp(value) / (1 + exp(value))
      return abs(found - expected) / expected
    }
    #expect(worst.size < 4e-7, "at \(worst.place)")
  }

  @Test func `sums, products and multiples are those of their elements`() {
    withEvery("count", in: [0, 1, 15, 16, 17, 1000]) { count in
      var random = SeededRandom(seed: count)
      let (x, y) = (random.tensor([count]), random.tensor([count]))
      let z = y.copy()
      Kernels.add(x.buffer, to: z.buffer)
      #expect(z.values == zip(x.values, y.values).map { $0 + $1 })
      Kernels.multiply(x.buffer, y.buffer, into: z.buffer)
      #expect(z.values == zip(x.values, y.values).map { $0 * $1 })
      Kernels.scale(x.buffer, by: -3, into: z.buffer)
      #expect(z.values == x.values.map { -3 * $0 })
      let squares = x.values.reduce(0) { $0 + Double($1) * Double($1) }
      #expect(abs(Kernels.sumOfSquares(x.buffer) - squares) <= 1e-12 * squares)
    }
  }

  @Test func `one value that is no number is found wherever it stands`() {
    withEvery("count", in: [1, 17, 100]) { count in
      withEvery("value", in: [Float.nan, -.nan, .infinity, -.infinity, .signalingNaN]) { value in
        withEvery("position", in: 0..<count) { position in
          let x = Tensor(repeating: .greatestFiniteMagnitude, shape: [count])
          #expect(Kernels.isFinite(x.buffer))
          x.buffer[position] = value
          #expect(!Kernels.isFinite(x.buffer))
        }
      }
    }
    #expect(Kernels.isFinite(Tensor(zeros: [0]).buffer))
  }

  @Test func `column sums are added to what is there`() {
    var random = SeededRandom(seed: 1)
    let x = random.tensor([33, 31])
    let sums = Tensor(repeating: 2, shape: [31])
    Kernels.addColumnSums(of: x.buffer, to: sums.buffer)
    let ones = Matrix(Tensor(repeating: 1, shape: [1, 33]))
    var expected = Reference.product(ones, Matrix(x))
    for column in 0..<31 { expected[0, column] += 2 }
    expectClose(sums, expected.tensor)
  }

  private func grid(from first: Double, through last: Double, count: Int) -> Tensor {
    let step = (last - first) / Double(count - 1)
    return Tensor((0..<count).map { Float(first + Double($0) * step) }, shape: [count, 1])
  }

  // The largest error and where it is.
  private func largest(
    _ x: Tensor, _ y: Tensor, error: (_ value: Double, _ found: Double) -> Double
  ) -> (size: Double, place: Float) {
    var worst = (size: 0.0, place: Float(0))
    for (value, found) in zip(x.values, y.values) {
      let size = error(Double(value), Double(found))
      if !(size <= worst.size) { worst = (size, value) }
    }
    return worst
  }
}
