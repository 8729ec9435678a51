// SPDX-License-Identifier: Apache-2.0

public import PrompterTensor

/// A small random generator that gives the same numbers for the same seed on every machine.
///
/// SplitMix64 (Steele, Lea and Flood 2014).
public struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  /// A generator of its own for every seed.
  public init(seed: Int) {
    state = UInt64(bitPattern: Int64(seed)) &* 0x9e37_79b9_7f4a_7c15 &+ 0x1234_5678
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A tensor of values drawn evenly from a range.
  public mutating func tensor(_ shape: Shape, in range: ClosedRange<Float> = -1...1) -> Tensor {
    let width = range.upperBound - range.lowerBound
    let values = (0..<shape.count).map { _ in
      range.lowerBound + width * Float(next() >> 40) / Float(1 << 24)
    }
    return Tensor(values, shape: shape)
  }

  /// `count` whole numbers in 0 ..< `limit`.
  public mutating func indices(_ count: Int, below limit: Int) -> [Int32] {
    (0..<count).map { _ in Int32(next() % UInt64(limit)) }
  }

  /// `count` keys for rows that drop values.
  public mutating func keys(_ count: Int) -> [UInt32] {
    (0..<count).map { _ in UInt32(truncatingIfNeeded: next()) }
  }
}
