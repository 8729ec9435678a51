// SPDX-License-Identifier: Apache-2.0

private import PrompterTensor

/// The numbers that Scripts/make-differential-fixtures.py draws too, for the same seed and purpose.
public struct MadeNumbers {
  private var generator: SeededGenerator

  /// Numbers of their own for a purpose.
  public init(seed: Int, purpose: String, index: Int = 0) {
    generator = SeededGenerator(seed: UInt64(seed), purpose: purpose, index: index)
  }

  /// A whole number in 0 ..< `limit`.
  public mutating func below(_ limit: Int) -> Int { Int(generator.next() % UInt64(limit)) }

  /// One of some values.
  public mutating func choice<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

  /// Numbers from −128 to 127, eight of each random number, the lowest first.
  public mutating func bytes(_ count: Int) -> [Int8] {
    var bytes: [Int8] = []
    bytes.reserveCapacity(count + 7)
    while bytes.count < count {
      let number = generator.next()
      for place in 0..<8 { bytes.append(Int8(truncatingIfNeeded: number >> UInt64(8 * place))) }
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}
