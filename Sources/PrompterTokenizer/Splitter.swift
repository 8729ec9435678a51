// SPDX-License-Identifier: Apache-2.0

/// A text and the parts of it that are split into pieces one by one.
struct SplitText {
  var text: AlignedText
  var parts: [Range<Int>]
}

/// One of the pre-tokenizers that a Unigram `tokenizer.json` names.
enum Splitter {
  /// Splits at white space and drops it.
  case whitespace
  case metaspace(Metaspace)

  /// Spaces written as a sign of their own, which starts each word.
  struct Metaspace {
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
    }
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
