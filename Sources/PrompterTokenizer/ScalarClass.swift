// SPDX-License-Identifier: Apache-2.0

/// What BERT's normaliser and pre-tokenizer ask of a Unicode scalar.
///
/// Hugging Face `tokenizers` takes general categories from Unicode 8.0, so that a mark or a
/// punctuation sign of a later version is a letter like any other to it. The same is done here, on
/// whatever version of Unicode Swift brings: a scalar counts only if its age is at most 8.0, and
/// the eight whose category has changed since are listed. White space and lower case come from
/// current tables there and here.
struct ScalarClass: OptionSet {
  let rawValue: UInt8

  /// Removed when text is cleaned: control, format and private use, U+0000 and U+FFFD.
  static let removed = ScalarClass(rawValue: 1)
  /// White space, which separates words.
  static let space = ScalarClass(rawValue: 2)
  /// Punctuation, each sign a word of its own.
  static let punctuation = ScalarClass(rawValue: 4)
  /// A nonspacing mark, removed when accents are stripped.
  static let mark = ScalarClass(rawValue: 8)
  /// A CJK ideograph, set apart as a word of its own.
  static let ideograph = ScalarClass(rawValue: 16)

  /// The class of a scalar; the first 2,048 come from a table.
  static func of(_ scalar: Unicode.Scalar) -> ScalarClass {
    scalar.value < 0x800 ? common[Int(scalar.value)] : computed(scalar)
  }

  private static let common: [ScalarClass] = (0..<0x800).map {
    computed(Unicode.Scalar($0) ?? "\u{FFFD}")
  }

  private static func computed(_ scalar: Unicode.Scalar) -> ScalarClass {
    let value = scalar.value
    var result: ScalarClass = isIdeograph(value) ? .ideograph : []
    if scalar.properties.isWhitespace { result.insert(.space) }
    switch value {
    case 0xFFFD: return .removed
    case 0x09, 0x0A, 0x0D: return .space
    case 0x1734, 0x1171E: return .mark
    case 0x166D, 0x111C9: return .punctuation
    case 0x1885, 0x1886, 0xA9BD: return []
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return .punctuation
    default: break
    }
    guard value < 0x80 || isWithin(scalar, 8) else { return result }
    switch scalar.properties.generalCategory {
    case .control, .format, .privateUse: result.insert(.removed)
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      result.insert(.punctuation)
    case .nonspacingMark: result.insert(.mark)
    default: break
    }
    return result
  }

  /// Whether a scalar was assigned by version `major`.0 of Unicode.
  static func isWithin(_ scalar: Unicode.Scalar, _ major: Int) -> Bool {
    guard let age = scalar.properties.age else { return false }
    return age.major < major || (age.major == major && age.minor == 0)
  }

  /// The ranges that BERT's authors chose, not a Unicode property.
  private static func isIdeograph(_ value: UInt32) -> Bool {
    guard value >= 0x3400 else { return false }
    switch value {
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B81F,
      0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
      return true
    default: return false
    }
  }

  /// Whether a scalar can be part of a word in the sense of `\w` in regular expressions.
  ///
  /// The expressions that `tokenizers` uses know Unicode up to 16.0.
  static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
    guard isWithin(scalar, 16) else { return false }
    let properties = scalar.properties
    if properties.isAlphabetic || properties.isJoinControl { return true }
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
      return true
    default: return false
    }
  }
}
