// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Canonical composition as of Unicode 9.0: what two scalars are joined to.
enum Composition {
  /// The scalar that two make together.
  static func of(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
    if let syllable = syllable(first.value, second.value) { return syllable }
    // Below there is nothing that joins what is before it.
    guard second.value >= 0x300 else { return nil }
    return pairs[UInt64(first.value) << 32 | UInt64(second.value)]
  }

  /// Hangul syllables compose by arithmetic: 19 initials, 21 vowels, 28 finals (the first none).
  private static func syllable(_ first: UInt32, _ second: UInt32) -> Unicode.Scalar? {
    switch (first, second) {
    case (0x1100...0x1112, 0x1161...0x1175):
      return Unicode.Scalar(0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28)
    case (0xAC00...0xD7A3, 0x11A8...0x11C2) where (first - 0xAC00) % 28 == 0:
      return Unicode.Scalar(first + second - 0x11A7)
    default: return nil
    }
  }

  /// The scalars that are made of two, by these.
  private static let pairs: [UInt64: Unicode.Scalar] = {
    var pairs: [UInt64: Unicode.Scalar] = [:]
    for value in [0xC0..<0x3100, 0x11000..<0x11A00].joined() {
      guard let whole = Unicode.Scalar(UInt32(value)) else { continue }
      var parts = String.UnicodeScalarView()
      Decomposition.forEach(of: whole) { parts.append($0) }
      // Some are taken apart for good.
      guard parts.count > 1, composed(String(whole)) == [whole], let last = parts.popLast(),
        let first = composed(String(parts)).first
      else { continue }
      pairs[UInt64(first.value) << 32 | UInt64(last.value)] = whole
    }
    return pairs
  }()

  private static func composed(_ text: String) -> [Unicode.Scalar] {
    Array(text.precomposedStringWithCanonicalMapping.unicodeScalars)
  }
}
