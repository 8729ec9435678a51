// SPDX-License-Identifier: Apache-2.0

/// A random number generator that gives the same numbers for the same seed, everywhere.
///
/// SplitMix64 (Steele, Lea and Flood 2014): a counter and a mixing function. Nothing in the project
/// draws from any other source.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A generator that starts from a seed.
  public init(seed: UInt64) {
    state = seed
  }

  /// A generator of its own for one purpose, so that drawing more numbers for one purpose never
  /// changes what another gets.
  public init(seed: UInt64, purpose: String, index: Int = 0) {
    // FNV-1a over the name.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    var generator = SeededGenerator(seed: seed ^ hash)
    self.init(seed: generator.next() &+ UInt64(bitPattern: Int64(index)) &* 0x9e37_79b9_7f4a_7c15)
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A number in [0, 1), with 53 random bits.
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }
}
