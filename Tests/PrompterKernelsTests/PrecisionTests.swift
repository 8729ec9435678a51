// SPDX-License-Identifier: Apache-2.0

import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct PrecisionTests {
  @Test func `every bfloat16 value is left as it is`() {
    let values = (0...UInt16.max).map { Float(bitPattern: UInt32($0) << 16) }
    let wrong = zip(values, rounded(values)).filter { value, result in
      value.isNaN ? !result.isNaN : value.bitPattern != result.bitPattern
    }
    #expect(wrong.isEmpty)
  }

  // Between two neighbours of each sign and exponent, subnormal ones included.
  @Test func `what lies between two values goes to the nearer one, and a tie to the even one`() {
    withEvery("upper half", in: stride(from: 0 as UInt32, to: 0xFF7F, by: 13)) { upper in
      guard upper & 0x7FFF < 0x7F7F else { return }
      let lower = upper << 16
      let even = upper % 2 == 0 ? lower : lower + 0x10000
      let cases: [(bits: UInt32, nearest: UInt32)] = [
        (lower + 1, lower), (lower + 0x7FFF, lower), (lower + 0x8000, even),
        (lower + 0x8001, lower + 0x10000), (lower + 0xFFFF, lower + 0x10000),
      ]
      let results = rounded(cases.map { Float(bitPattern: $0.bits) }).map(\.bitPattern)
      #expect(results == cases.map(\.nearest))
    }
  }

  @Test func `random values go to the nearest of their neighbours`() {
    var random = SeededRandom(seed: 1)
    let values = (0..<20_000).map { _ in Float(bitPattern: UInt32(random.next() >> 32)) }
      .filter { $0.magnitude < 0x1.fep127 }
    for (value, result) in zip(values, rounded(values)) {
      #expect(Double(result) == nearest(Double(value)), "\(value)")
    }
  }

  @Test func `beyond the largest value begins infinity, and a NaN stays one`() {
    let largest = Float(bitPattern: 0x7F7F_0000)
    let last = Float(bitPattern: 0x7F7F_7FFF)
    let values = [
      largest, last, last.nextUp, .greatestFiniteMagnitude, .infinity, -last, -last.nextUp,
      -.infinity,
    ]
    let expected: [Float] = [
      largest, largest, .infinity, .infinity, .infinity, -largest, -.infinity, -.infinity,
    ]
    #expect(rounded(values) == expected)
    // Also those whose fraction is in the lower half alone, and those that adding would carry.
    let patterns: [UInt32] = [0x7F80_0001, 0xFF80_0001, 0x7FC0_0000, 0x7FFF_FFFF, 0xFFFF_FFFF]
    let results = rounded(patterns.map { Float(bitPattern: $0) })
    #expect(results.allSatisfy { $0.isNaN })
    #expect(results.allSatisfy { $0.bitPattern & 0xFFFF == 0 })
    #expect(zip(patterns, results).allSatisfy { $0 >> 31 == $1.bitPattern >> 31 })
  }

  @Test func `zeros keep their sign, and the smallest values are no zeros`() {
    let tiny = Float(bitPattern: 0x0001_0000)
    #expect(
      rounded([0, -0.0, tiny, -tiny, tiny / 2, tiny / 2 + .leastNonzeroMagnitude])
        .map(\.bitPattern) == [0, 0x8000_0000, 0x1_0000, 0x8001_0000, 0, 0x1_0000])
  }

  @Test func `a bfloat16 as such is the upper half of the rounded value`() {
    var random = SeededRandom(seed: 2)
    withEvery("count", in: [1, 7, 16, 33, 1000]) { count in
      let x = random.tensor([count], in: -1e3...1e3)
      let bits = Kernels.bfloat16Bits(of: x.buffer)
      #expect(bits.map { UInt32($0) << 16 } == rounded(x.values).map(\.bitPattern))
    }
  }

  @Test func `the fastest precision is what the CPU has instructions for`() {
    #expect(!(Precision.isBFloat16Native && Precision.isInt16Fast))
    #expect(
      Precision.fastest
        == (Precision.isBFloat16Native ? .bfloat16 : Precision.isInt16Fast ? .int16 : .float32))
    #expect([.bfloat16, .float32].contains(Precision.fastestForTrainedWeights))
    #expect(Precision.isBFloat16Native || Precision.fastestForTrainedWeights == .float32)
  }

  @Test func `weights that are trained know no integers`() {
    #expect(Precision.allCases.map(\.ofTrainedWeights) == [.float32, .bfloat16, .float32])
  }

  // A row of 1,000 has two pieces, one of 7 an odd one.
  @Test func `int16 is a whole number of units, as near as can be and never too long`() {
    withEvery("columns", in: [1, 2, 7, 31, 384, 512, 513, 1000, 1536]) { columns in
      var random = SeededRandom(seed: columns)
      let x = random.tensor([5, columns], in: -1e3...1e3)
      let y = x.rounded(to: .int16)
      let depth = pieceLength(columns)
      withEvery("row and piece", in: pieces(5, columns, depth)) { piece in
        let values = x.values[piece].map { Double($0) }
        let scale = expectedScale(values)
        let integers = y.values[piece].map { Double($0) * scale }
        #expect(integers.allSatisfy { abs($0 - $0.rounded()) < 0.02 && abs($0) < 32767.5 })
        #expect(integers.reduce(0) { $0 + $1 * $1 }.squareRoot() < 46_300)
        for (value, integer) in zip(values, integers) {
          #expect(abs(value * scale - integer) < 0.52)
        }
      }
    }
  }

  @Test func `a long row of equal values, the greatest sum there is, does not overflow`() {
    withEvery("depth", in: [1, 2, 3, 400, 512, 1024, 1536]) { depth in
      let ones = Tensor(repeating: 1, shape: [16, depth])
      let matrix = PackedMatrix(ones.buffer, outputs: 16, inputs: depth, precision: .int16)
      for value: Float in [3, -3] {
        let x = Tensor(repeating: value, shape: [2, depth])
        let y = Tensor(uninitialized: [2, 16])
        matrix.multiply(x.buffer, rows: 2, into: y.buffer)
        let sum = value * Float(depth)
        #expect(y.values.allSatisfy { abs($0 - sum) < abs(sum) * 5e-4 })
      }
    }
  }

  @Test func `what is no finite number spoils its own row alone, and tiny rows are zeros`() {
    for bad in [Float.nan, .infinity, -.infinity] {
      var values = [Float](repeating: 0.5, count: 3 * 64)
      values[64 + 9] = bad
      let y = Tensor(values, shape: [3, 64]).rounded(to: .int16).values
      #expect(y[..<64].allSatisfy { abs($0 - 0.5) < 1e-4 })
      #expect(y[64..<128].allSatisfy { $0.isNaN })
      #expect(y[128...].allSatisfy { abs($0 - 0.5) < 1e-4 })
    }
    let small = Tensor([0, -0.0, 1e-31, .leastNonzeroMagnitude], shape: [1, 4])
    #expect(small.rounded(to: .int16).values == [0, 0, 0, 0])
    let large = Tensor([3e38, -1e38, 1e-25, 0], shape: [1, 4])
    let found = large.rounded(to: .int16).values
    #expect(abs(found[0] / 3e38 - 1) < 1e-4)
    #expect(abs(found[1] / -1e38 - 1) < 1e-4)
    #expect(found[2...].allSatisfy { $0 == 0 })
  }

  // Equal pieces, even but for the last.
  private func pieceLength(_ columns: Int) -> Int {
    let pieces = (columns + 511) / 512
    return ((columns + pieces - 1) / pieces + 1) / 2 * 2
  }

  private func pieces(_ rows: Int, _ columns: Int, _ depth: Int) -> [Range<Int>] {
    (0..<rows).flatMap { row in
      stride(from: 0, to: columns, by: depth).map {
        row * columns + $0..<row * columns + min($0 + depth, columns)
      }
    }
  }

  // From values to integers: the largest may be 32,767, and all together as long as 46,288.
  private func expectedScale(_ values: [Double]) -> Double {
    let largest = values.map(abs).max() ?? 0
    let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return min(32767 / largest, 46288 / length)
  }

  private func rounded(_ values: [Float]) -> [Float] {
    let x = Tensor(values, shape: [values.count])
    let y = Tensor(uninitialized: x.shape)
    Kernels.roundToBFloat16(x.buffer, into: y.buffer)
    return y.values
  }

  // The nearest multiple of the distance between the bfloat16 values around, ties to even ones.
  private func nearest(_ value: Double) -> Double {
    guard value != 0 else { return value }
    let distance = Double(sign: .plus, exponent: max(value.exponent, -126) - 7, significand: 1)
    return (value / distance).rounded(.toNearestOrEven) * distance
  }
}
