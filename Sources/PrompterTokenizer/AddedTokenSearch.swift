// SPDX-License-Identifier: Apache-2.0

/// Finds added tokens in a text, some as it is written and some in its normal form, and leaves what
/// stands between them to a model.
struct AddedTokenSearch {
  /// Added tokens found in the original text, and those found in the normalised text.
  private var original = AddedTokenMatcher()
  private var normalized = AddedTokenMatcher()

  /// Looks for tokens, of which the normalised ones are spelt as `normalize` makes them.
  init(_ tokens: [AddedToken], normalize: (AlignedText, Range<Int>) -> AlignedText) {
    for token in tokens {
      let text = AlignedText(token.content)
      if token.isNormalized {
        normalized.insert(normalize(text, 0..<text.count).scalars, token)
      } else {
        original.insert(text.scalars, token)
      }
    }
  }

  /// The tokens of a text without special tokens around it.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - normalize: The normal form of a part of it.
  ///   - split: Appends the tokens of a part of a normal form and counts its words.
  /// - Returns: Added tokens and those of the parts between them, in order.
  func tokens(
    of text: String, normalize: (AlignedText, Range<Int>) -> AlignedText,
    split: (AlignedText, Range<Int>, inout Int32, inout [Token]) -> Void
  ) -> [Token] {
    let text = AlignedText(text)
    var tokens: [Token] = []
    tokens.reserveCapacity(text.count / 3 + 4)
    var word: Int32 = 0
    for part in original.parts(of: text) {
      if let id = part.id {
        Self.append(id, part.range, of: text, &word, to: &tokens)
        continue
      }
      let normal = normalize(text, part.range)
      for part in normalized.parts(of: normal) {
        if let id = part.id {
          Self.append(id, part.range, of: normal, &word, to: &tokens)
        } else {
          split(normal, part.range, &word, &tokens)
        }
      }
    }
    return tokens
  }

  private static func append(
    _ id: Int32, _ range: Range<Int>, of text: AlignedText, _ word: inout Int32,
    to tokens: inout [Token]
  ) {
    guard !range.isEmpty else { return }
    let blanks = OffsetTrimming.blanks(in: text.scalars[range])
    tokens.append(
      Token(
        id: id, word: word, start: text.starts[range.lowerBound],
        end: text.ends[range.upperBound - 1],
        leadingBlanks: Int32(truncatingIfNeeded: blanks.leading),
        trailingBlanks: Int32(truncatingIfNeeded: blanks.trailing)))
    word += 1
  }
}
