// SPDX-License-Identifier: Apache-2.0

/// What the expressions that cut words ask of a Unicode scalar: `\p{L}`, `\p{N}`, `\s` or none.
///
/// The expressions of `tokenizers` know Unicode up to 16.0; what came later is `other`.
enum LetterKind: UInt8 {
  case other, letter, number, space

  /// The kinds of all scalars; those of the first two planes' most used blocks from tables.
  struct Table {
    private let low = LetterKind.low

    @inline(__always)
    subscript(_ scalar: Unicode.Scalar) -> LetterKind {
      let value = Int(scalar.value)
      if value < low.count { return low[value] }
      return value < 0x10000 ? LetterKind.basic[value] : LetterKind.computed(scalar)
    }
  }

  private static let low = (UInt32(0)..<0x800).map(computed)
  /// The basic plane, which texts in few scripts need.
  private static let basic = (UInt32(0)..<0x10000).map(computed)

  private static func computed(_ value: UInt32) -> LetterKind {
    Unicode.Scalar(value).map(computed) ?? .other
  }

  private static func computed(_ scalar: Unicode.Scalar) -> LetterKind {
    let properties = scalar.properties
    if properties.isWhitespace { return .space }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return ScalarClass.isWithin(scalar, 16) ? .letter : .other
    case .decimalNumber, .letterNumber, .otherNumber:
      return ScalarClass.isWithin(scalar, 16) ? .number : .other
    default: return .other
    }
  }
}
