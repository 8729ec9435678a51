// SPDX-License-Identifier: Apache-2.0

/// A text and the parts of it that are split into pieces one by one.
struct SplitText {
  var text: AlignedText
  var parts: [Range<Int>]
}

/// One of the pre-tokenizers that a `tokenizer.json` names.
enum Splitter {
  /// Splits at white space and drops it.
  case whitespace
  case metaspace(Metaspace)
  /// Splits at something; see ``Delimiter``.
  case split(Delimiter, Behavior)
  /// Puts a space in front of a text that has none, and splits it into words, or not at all. What
  /// comes next reads bytes.
  case byteLevel(addsPrefixSpace: Bool, WordPattern?)

  /// Spaces written as a sign of their own, which starts each word.
  struct Metaspace: Equatable {
    /// Where a sign is put in front.
    enum Prefix: String {
      case always, first, never
    }

    var sign: Unicode.Scalar = "\u{2581}"
    var prefix = Prefix.always
    /// Whether each sign starts a new part.
    var splits = true
  }

  /// Splits every part further.
  func apply(to split: SplitText) -> SplitText {
    switch self {
    case .whitespace: Self.splitAtSpace(split)
    case .metaspace(let metaspace): metaspace.apply(to: split)
    case .split(let delimiter, let behavior): delimiter.apply(to: split, behavior)
    case .byteLevel(let addsPrefixSpace, let pattern):
      Self.words(addsPrefixSpace ? Self.prefixed(split) : split, pattern)
    }
  }

  private static func words(_ split: SplitText, _ pattern: WordPattern?) -> SplitText {
    guard let pattern else { return split }
    var words: [Range<Int>] = []
    words.reserveCapacity(split.text.count / 4 + 1)
    for part in split.parts { pattern.appendWords(of: split.text.scalars, part, to: &words) }
    return SplitText(text: split.text, parts: words)
  }

  /// The text with a space before each part that starts with another sign.
  private static func prefixed(_ split: SplitText) -> SplitText {
    let text = split.text
    var result = SplitText(text: AlignedText(capacity: text.count + split.parts.count), parts: [])
    for part in split.parts where !part.isEmpty {
      let start = result.text.count
      if text.scalars[part.lowerBound] != " " {
        result.text.append(" ", text.starts[part.lowerBound], text.ends[part.lowerBound])
      }
      result.text.append(text, part)
      result.parts.append(start..<result.text.count)
    }
    return result
  }

  private static func splitAtSpace(_ split: SplitText) -> SplitText {
    var parts: [Range<Int>] = []
    for part in split.parts {
      var start = part.lowerBound
      for index in part where split.text.isSpace(index) {
        if start < index { parts.append(start..<index) }
        start = index + 1
      }
      if start < part.upperBound { parts.append(start..<part.upperBound) }
    }
    return SplitText(text: split.text, parts: parts)
  }
}

extension Splitter.Metaspace {
  fileprivate func apply(to split: SplitText) -> SplitText {
    let text = split.text
    var result = SplitText(text: AlignedText(capacity: text.count + split.parts.count), parts: [])
    for part in split.parts where !part.isEmpty {
      var start = result.text.count
      let first = text.scalars[part.lowerBound]
      if first != sign, first != " ", isPrefixed(text, part.lowerBound) {
        result.text.append(sign, text.starts[part.lowerBound], text.ends[part.lowerBound])
      }
      for index in part {
        let scalar = text.scalars[index] == " " ? sign : text.scalars[index]
        if splits, scalar == sign, result.text.count > start {
          result.parts.append(start..<result.text.count)
          start = result.text.count
        }
        result.text.append(scalar, text.starts[index], text.ends[index])
      }
      result.parts.append(start..<result.text.count)
    }
    return result
  }

  private func isPrefixed(_ text: AlignedText, _ start: Int) -> Bool {
    switch prefix {
    case .always: true
    case .first: text.starts[start] == 0
    case .never: false
    }
  }
}
