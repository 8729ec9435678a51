// SPDX-License-Identifier: Apache-2.0

/// One of the normalisers that a Unigram `tokenizer.json` names.
enum TextStep {
  case precompiled(CharacterMap)
  /// A text for each of its occurrences, from left to right.
  case replace([Unicode.Scalar], with: [Unicode.Scalar])
  /// A text for each run of blanks.
  case replaceBlanks(Blanks, with: [Unicode.Scalar])
  /// Drops white space at the ends.
  case strip(left: Bool, right: Bool)
  /// Drops control characters and turns other white space into spaces.
  case nmt
  case form(UnicodeForm)
  /// Drops combining marks.
  case stripAccents
  case lowercase
  case prepend([Unicode.Scalar])

  /// Unicode's normal forms.
  enum UnicodeForm: String {
    case nfc = "NFC"
    case nfd = "NFD"
    case nfkc = "NFKC"
    case nfkd = "NFKD"
  }

  /// Runs of white space of a kind.
  struct Blanks: Equatable {
    /// Whether only spaces count.
    var areSpaces = false
    /// The fewest that count.
    var minimum = 1
    /// Whether one counts if it is a tab or the end of a line.
    var includesBreaks = false

    /// The regular expressions for them that published models have.
    static let expressions = [
      " {2,}": Blanks(areSpaces: true, minimum: 2), " +": Blanks(areSpaces: true),
      #"\s+"#: Blanks(), #"\s{2,}"#: Blanks(minimum: 2),
      #"\s{2,}|[\n\r\t]"#: Blanks(minimum: 2, includesBreaks: true),
    ]
  }

  /// How many times as long it may make a text, as far as a file decides it: Unicode's forms do
  /// nothing more when they are taken again.
  var growth: Int {
    switch self {
    case .precompiled(let map): max(1, map.longestFormCount)
    case .replace(let old, let new): max(1, (new.count + old.count - 1) / max(1, old.count))
    case .replaceBlanks(let blanks, let new):
      blanks.includesBreaks
        ? max(1, new.count)
        : max(1, (new.count + blanks.minimum - 1) / max(1, blanks.minimum))
    // Between added tokens each part of a text may be a single scalar.
    case .prepend(let prefix): prefix.count + 1
    case .strip, .nmt, .form, .stripAccents, .lowercase: 1
    }
  }

  /// What some steps make of a part of a text, one after the other.
  static func apply(_ steps: [TextStep], to text: AlignedText, _ range: Range<Int>) -> AlignedText {
    var result = text
    if range.count < text.count {
      result = AlignedText(capacity: range.count)
      result.append(text, range)
    }
    for step in steps { result = step.apply(to: result) }
    return result
  }

  /// What the step makes of a text.
  func apply(to text: AlignedText) -> AlignedText {
    switch self {
    case .precompiled(let map): return map.apply(to: text)
    case .replace(let old, let new): return Self.replace(old, new, in: text)
    case .replaceBlanks(let blanks, let new): return Self.replace(blanks, new, in: text)
    case .strip(let left, let right): return Self.strip(text, left, right)
    case .nmt: return Self.nmt(text)
    case .form(let form): return form.apply(to: text)
    case .stripAccents: return text.filtered { !Decomposition.isMark($0) }
    case .lowercase: return text.mapScalars { $0.properties.lowercaseMapping.unicodeScalars }
    case .prepend(let prefix): return Self.prepend(prefix, to: text)
    }
  }

  private static func replace(
    _ old: [Unicode.Scalar], _ new: [Unicode.Scalar], in text: AlignedText
  ) -> AlignedText {
    guard let first = old.first, text.count >= old.count else { return text }
    var result = AlignedText(capacity: text.count)
    var index = 0
    while index < text.count {
      let end = index + old.count
      if text.scalars[index] == first, end <= text.count,
        text.scalars[index..<end].elementsEqual(old)
      {
        for scalar in new { result.append(scalar, text.starts[end - 1], text.ends[end - 1]) }
        index = end
      } else {
        result.append(text.scalars[index], text.starts[index], text.ends[index])
        index += 1
      }
    }
    return result
  }

  /// What replaces several scalars stands where the last of them stood, as in `tokenizers`.
  private static func replace(
    _ blanks: Blanks, _ new: [Unicode.Scalar], in text: AlignedText
  ) -> AlignedText {
    var result = AlignedText(capacity: text.count)
    var index = 0
    while index < text.count {
      var end = index
      while end < text.count, text.scalars[end] == " " || (!blanks.areSpaces && text.isSpace(end)) {
        end += 1
      }
      let isBreak = blanks.includesBreaks && Self.isBreak(text.scalars[index])
      if end > index, end - index >= blanks.minimum || isBreak {
        for scalar in new { result.append(scalar, text.starts[end - 1], text.ends[end - 1]) }
        index = end
      } else {
        end = max(end, index + 1)
        result.append(text, index..<end)
        index = end
      }
    }
    return result
  }

  private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\n" || scalar == "\r" || scalar == "\t"
  }

  private static func strip(_ text: AlignedText, _ left: Bool, _ right: Bool) -> AlignedText {
    var (start, end) = (0, text.count)
    while left, start < end, text.isSpace(start) { start += 1 }
    while right, end > start, text.isSpace(end - 1) { end -= 1 }
    var result = AlignedText(capacity: end - start)
    for index in start..<end {
      result.append(text.scalars[index], text.starts[index], text.ends[index])
    }
    return result
  }

  private static func nmt(_ text: AlignedText) -> AlignedText {
    var result = AlignedText(capacity: text.count)
    for index in 0..<text.count {
      var scalar = text.scalars[index]
      switch scalar.value {
      case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: continue
      case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
        scalar = " "
      default: break
      }
      result.append(scalar, text.starts[index], text.ends[index])
    }
    return result
  }

  private static func prepend(_ prefix: [Unicode.Scalar], to text: AlignedText) -> AlignedText {
    guard text.count > 0 else { return text }
    var result = AlignedText(capacity: text.count + prefix.count)
    for scalar in prefix { result.append(scalar, text.starts[0], text.ends[0]) }
    result.append(text, 0..<text.count)
    return result
  }
}

extension CharacterMap {
  /// Maps a text as `tokenizers` does: the shortest rule at the start of each short grapheme
  /// cluster replaces the whole of it, other clusters go scalar by scalar.
  ///
  /// What is dropped goes with the scalar before it, even where that shares the place of another;
  /// at the start of a text it leaves its place to what follows, and so on to the end. A sign that
  /// is put before the first word alone is therefore put before the first that is left.
  fileprivate func apply(to text: AlignedText) -> AlignedText {
    var parts: [Replacement] = []
    parts.reserveCapacity(text.count)
    var bytes: [UInt8] = []
    text.forEachCluster { cluster in
      bytes.removeAll(keepingCapacity: true)
      text.spell(cluster, into: &bytes)
      if bytes.count < 6, let match = shortestMatch(bytes, 0..<bytes.count) {
        return parts.append(form(at: match.form), for: cluster.count)
      }
      guard cluster.count > 1 else {
        return parts.append(Replacement(scalar: text.scalars[cluster.lowerBound]))
      }
      for index in cluster {
        bytes.removeAll(keepingCapacity: true)
        text.spell(index..<index + 1, into: &bytes)
        let match = shortestMatch(bytes, 0..<bytes.count)
        parts.append(match.map { form(at: $0.form) } ?? [text.scalars[index]], for: 1)
      }
    }
    return text.replaced(by: parts)
  }
}
