// SPDX-License-Identifier: Apache-2.0

extension Splitter {
  /// What a text is split at.
  enum Delimiter {
    case text([Unicode.Scalar])
    /// The words of a pattern, between which nothing is left.
    case words(WordPattern)
    /// Each sign that BERT takes for punctuation.
    case punctuation
    /// Each numeral of any script.
    case digits
  }

  /// What becomes of the parts that are split at, as files name it.
  enum Behavior: String {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    /// Those that touch stay together.
    case contiguous = "Contiguous"
  }
}

extension Splitter.Delimiter {
  /// A part of a text, and whether it is what is split at.
  private typealias Match = (range: Range<Int>, isDelimiter: Bool)

  /// Splits every part further.
  func apply(to split: SplitText, _ behavior: Splitter.Behavior) -> SplitText {
    var parts: [Range<Int>] = []
    for part in split.parts {
      Self.append(matches(in: split.text.scalars, part), behavior, to: &parts)
    }
    return SplitText(text: split.text, parts: parts)
  }

  private func matches(in text: [Unicode.Scalar], _ part: Range<Int>) -> [Match] {
    switch self {
    case .text(let delimiter):
      return Self.matches(in: text, part) { index in
        let end = index + delimiter.count
        let isMatch = end <= part.upperBound && text[index..<end].elementsEqual(delimiter)
        return isMatch ? end : nil
      }
    case .punctuation:
      return Self.matches(in: text, part) {
        ScalarClass.of(text[$0]).contains(.punctuation) ? $0 + 1 : nil
      }
    case .digits:
      let kinds = LetterKind.Table()
      return Self.matches(in: text, part) { kinds[text[$0]] == .number ? $0 + 1 : nil }
    case .words(let pattern):
      var words: [Range<Int>] = []
      pattern.appendWords(of: text, part, to: &words)
      return words.map { ($0, true) }
    }
  }

  /// Delimiters, whose end `end` finds at their start, and what is between them.
  private static func matches(
    in text: [Unicode.Scalar], _ part: Range<Int>, end: (Int) -> Int?
  ) -> [Match] {
    var matches: [Match] = []
    var start = part.lowerBound
    var index = start
    while index < part.upperBound {
      guard let end = end(index) else {
        index += 1
        continue
      }
      if start < index { matches.append((start..<index, false)) }
      matches.append((index..<end, true))
      (start, index) = (end, end)
    }
    if start < part.upperBound { matches.append((start..<part.upperBound, false)) }
    return matches
  }

  private static func append(
    _ matches: [Match], _ behavior: Splitter.Behavior, to parts: inout [Range<Int>]
  ) {
    switch behavior {
    case .isolated: parts += matches.map(\.range)
    case .removed: parts += matches.filter { !$0.isDelimiter }.map(\.range)
    case .contiguous: parts += joined(matches) { $0.isDelimiter == $1.isDelimiter }
    case .mergedWithPrevious: parts += joined(matches) { !$0.isDelimiter && $1.isDelimiter }
    case .mergedWithNext: parts += joined(matches) { $0.isDelimiter && !$1.isDelimiter }
    }
  }

  /// The parts after each is joined to the one before it where it should be.
  private static func joined(
    _ matches: [Match], where belongs: (Match, Match) -> Bool
  ) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var previous: Match?
    for match in matches {
      if let previous, let last = parts.last, belongs(previous, match) {
        parts[parts.count - 1] = last.lowerBound..<match.range.upperBound
      } else {
        parts.append(match.range)
      }
      previous = match
    }
    return parts
  }
}
