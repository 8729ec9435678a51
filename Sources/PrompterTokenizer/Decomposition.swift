// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Canonical decomposition as of Unicode 9.0, the version that `tokenizers` decomposes by.
enum Decomposition {
  /// Calls `body` with each scalar of the full canonical decomposition of a scalar.
  static func forEach(of scalar: Unicode.Scalar, _ body: (Unicode.Scalar) -> Void) {
    let value = scalar.value
    if value < 0xC0 { return body(scalar) }
    if 0xAC00...0xD7A3 ~= value { return hangul(value - 0xAC00, body) }
    if value < 0x2000 {
      let known = common[Int(value) - 0xC0]
      if known.isEmpty { return body(scalar) }
      return known.forEach(body)
    }
    if mayDecompose(value) {
      computed(scalar).forEach(body)
    } else {
      body(scalar)
    }
  }

  /// The order in which combining marks settle; 0 for what is not one.
  static func combiningClass(of scalar: Unicode.Scalar) -> UInt8 {
    guard scalar.value >= 0x300, ScalarClass.isWithin(scalar, 9) else { return 0 }
    return scalar.properties.canonicalCombiningClass.rawValue
  }

  /// Whether a scalar is a combining mark, spacing or not.
  static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x300, scalar.value != 0x111C9, ScalarClass.isWithin(scalar, 9) else {
      return false
    }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return true
    default: return false
    }
  }

  /// Hangul syllables decompose by arithmetic: 19 initials, 21 vowels, 28 finals (the first none).
  private static func hangul(_ syllable: UInt32, _ body: (Unicode.Scalar) -> Void) {
    let initial = 0x1100 + syllable / 588
    let vowel = 0x1161 + syllable % 588 / 28
    let final = 0x11A7 + syllable % 28
    for value in [initial, vowel, final] where value != 0x11A7 {
      if let scalar = Unicode.Scalar(value) { body(scalar) }
    }
  }

  /// Decompositions of U+00C0 to U+1FFF; empty for scalars that stay as they are.
  private static let common: [[Unicode.Scalar]] = (UInt32(0xC0)..<0x2000).map { value in
    guard let scalar = Unicode.Scalar(value) else { return [] }
    let parts = computed(scalar)
    return parts == [scalar] ? [] : parts
  }

  /// A cheap bound: the blocks beyond U+2000 in which anything decomposes.
  private static func mayDecompose(_ value: UInt32) -> Bool {
    switch value {
    case 0x2000...0x2FFF, 0x3000...0x30FF, 0xF900...0xFB4F, 0x11000...0x119FF, 0x1D100...0x1D1FF,
      0x2F800...0x2FA1F:
      true
    default: false
    }
  }

  private static func computed(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    guard ScalarClass.isWithin(scalar, 9) else { return [scalar] }
    return Array(String(Character(scalar)).decomposedStringWithCanonicalMapping.unicodeScalars)
  }
}
