// SPDX-License-Identifier: Apache-2.0

/// The words of a text as it comes, cut about as CoNLL's files are.
///
/// Blanks part words. Punctuation at either end of one is a word for each sign, and so is an
/// English `'s`; inside of one, as in `1-2` or `U.S`, it stays. A full stop stays with initials and
/// with abbreviations that have another one, as in `J.` and `U.S.`. Each ideograph is a word.
enum TextWords {
  /// Where the words are, in Unicode scalars.
  ///
  /// - Complexity: O(scalars).
  static func ranges(in text: String) -> [Range<Int>] {
    let scalars = Array(text.unicodeScalars)
    return scalars.indices.split { scalars[$0].properties.isWhitespace }.flatMap { part in
      parts(of: scalars, in: part.startIndex..<part.endIndex)
    }
  }

  private static func parts(of scalars: [Unicode.Scalar], in range: Range<Int>) -> [Range<Int>] {
    var (start, end) = (range.lowerBound, range.upperBound)
    var (before, after) = ([Range<Int>](), [Range<Int>]())
    while start < end, isSign(scalars[start]) {
      before.append(start..<start + 1)
      start += 1
    }
    while start < end {
      if isSign(scalars[end - 1]), !endsAbbreviation(scalars[start..<end]) {
        after.append(end - 1..<end)
        end -= 1
      } else if end - start > 2, isGenitive(scalars[end - 2..<end]) {
        after.append(end - 2..<end)
        end -= 2
      } else {
        break
      }
    }
    return before + ideographs(of: scalars, in: start..<end) + after.reversed()
  }

  private static func ideographs(
    of scalars: [Unicode.Scalar], in range: Range<Int>
  ) -> [Range<Int>] {
    var (parts, start) = ([Range<Int>](), range.lowerBound)
    for place in range where scalars[place].properties.isIdeographic {
      if start < place { parts.append(start..<place) }
      parts.append(place..<place + 1)
      start = place + 1
    }
    return start < range.upperBound ? parts + [start..<range.upperBound] : parts
  }

  private static func isSign(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
      .otherPunctuation, .dashPunctuation:
      scalar != "%" && scalar != "#" && scalar != "@" && scalar != "&"
    default: false
    }
  }

  // A letter with its full stop, or a word with another one inside.
  private static func endsAbbreviation(_ word: ArraySlice<Unicode.Scalar>) -> Bool {
    guard word.last == ".", word.count > 1 else { return false }
    let rest = word.dropLast()
    return rest.count == 1 && rest[rest.startIndex].properties.isUppercase
      || rest.contains(".") && rest.last != "."
        && rest.allSatisfy { $0 == "." || $0.properties.isAlphabetic }
  }

  private static func isGenitive(_ end: ArraySlice<Unicode.Scalar>) -> Bool {
    (end.first == "'" || end.first == "\u{2019}") && (end.last == "s" || end.last == "S")
  }
}
