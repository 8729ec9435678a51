// SPDX-License-Identifier: Apache-2.0

public import PrompterTensor

/// Random test inputs that are the same for the same seed on every machine.
public struct SeededRandom: RandomNumberGenerator {
  private var generator: SeededGenerator

  /// A generator of its own for every seed.
  public init(seed: Int) {
    generator = SeededGenerator(seed: 0, purpose: "tests", index: seed)
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 { generator.next() }

  /// A tensor of values drawn evenly from a range.
  public mutating func tensor(_ shape: Shape, in range: ClosedRange<Double> = -1...1) -> Tensor {
    Tensor(uniform: shape, in: range.lowerBound..<range.upperBound, using: &generator)
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
