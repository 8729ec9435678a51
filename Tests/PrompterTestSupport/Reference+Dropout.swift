// SPDX-License-Identifier: Apache-2.0

public import PrompterKernels

extension Reference {
  /// The factor of value `index` in the group that `keys` lead to, from the dropout's own key down.
  public static func dropoutFactor(_ dropout: Dropout, keys: [UInt32], index: Int) -> Double {
    let key = keys.reduce(dropout.key) { derivedKey($0, $1) }
    let draw = mixed(key &+ UInt32(truncatingIfNeeded: index) &* 0x9e37_79b9)
    let isDropped = Double(draw) < (Double(dropout.probability) * 4_294_967_296).rounded(.down)
    return isDropped ? 0 : 1 / (1 - Double(dropout.probability))
  }

  private static func derivedKey(_ key: UInt32, _ index: UInt32) -> UInt32 {
    mixed(mixed(key ^ 0x7f4a_7c15) &+ index &* 0x9e37_79b9)
  }

  // MurmurHash3's finaliser.
  private static func mixed(_ value: UInt32) -> UInt32 {
    var hash = value
    hash ^= hash >> 16
    hash = hash &* 0x85eb_ca6b
    hash ^= hash >> 13
    hash = hash &* 0xc2b2_ae35
    return hash ^ (hash >> 16)
  }
}
