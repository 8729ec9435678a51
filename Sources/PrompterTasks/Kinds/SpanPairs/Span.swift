// SPDX-License-Identifier: Apache-2.0

internal import PrompterTokenizer

/// Where a marked part of a text is, in Unicode scalars, as files and queries say it.
///
/// | columns of span n | meaning |
/// | --- | --- |
/// | `start1`, `end1`, or `span1_start`, `span1_end` | from the one to before the other, counted from 0 |
/// | `span1_text`, `span1_index` | the text nearest to the word of that number, between blanks |
/// | `span1_text` alone | the text, which is there once |
///
/// Where there are both a text and a place, one has to be at the other.
enum Span {
  /// What is wrong with a span.
  struct Fault: Error {
    let reason: String
  }

  // Longer ones are no spans, and would take long to look for.
  private static let longest = 1000

  /// The names that a column of span n may have.
  static func spellings(_ number: Int) -> (start: [String], end: [String]) {
    (["start\(number)", "span\(number)_start"], ["end\(number)", "span\(number)_end"])
  }

  static func text(_ number: Int) -> String { "span\(number)_text" }

  static func index(_ number: Int) -> String { "span\(number)_index" }

  /// All names.
  static let columns = [1, 2].flatMap { number in
    spellings(number).start + spellings(number).end + [text(number), index(number)]
  }

  /// The place of a span.
  ///
  /// - Parameters:
  ///   - number: 1 or 2.
  ///   - source: The text that it is in.
  ///   - value: What a column holds, nil if there is none.
  /// - Returns: The place.
  /// - Throws: ``Fault``.
  static func range(
    _ number: Int, of source: String, _ value: (String) -> String?
  ) throws(Fault) -> Range<Int> {
    func integer(_ names: [String]) throws(Fault) -> Int? {
      for name in names {
        guard let spelled = value(name)?.trimmed, !spelled.isEmpty else { continue }
        guard let integer = Int(spelled) else {
          throw Fault(reason: "`\(name)` is \(DataError.quoted(spelled)), no whole number")
        }
        return integer
      }
      return nil
    }
    let scalars = Array(source.unicodeScalars)
    let marked = value(text(number)).flatMap { $0.trimmed.isEmpty ? nil : $0.trimmed }
    let names = spellings(number)
    if let start = try integer(names.start), let end = try integer(names.end) {
      let range = try checked(start, end, number, of: scalars)
      if let marked, !isAlike(scalars[range], Array(marked.unicodeScalars)[...]) {
        throw Fault(
          reason: "the characters \(start) to \(end) read \(shown(scalars[range])), and "
            + "`\(text(number))` is \(DataError.quoted(marked))")
      }
      return range
    }
    guard let marked else {
      throw Fault(
        reason: "span \(number) has neither `\(names.start[0])` and `\(names.end[0])` nor "
          + "`\(text(number))`")
    }
    return try nearest(marked, number, to: integer([index(number)]), in: scalars)
  }

  private static func checked(
    _ start: Int, _ end: Int, _ number: Int, of scalars: [Unicode.Scalar]
  ) throws(Fault) -> Range<Int> {
    guard 0 <= start, start < end, end <= scalars.count else {
      throw Fault(
        reason: "span \(number) is from \(start) to \(end), and its text has \(scalars.count) "
          + "characters")
    }
    guard !scalars[start..<end].allSatisfy(\.properties.isWhitespace) else {
      throw Fault(reason: "there is nothing but blanks in span \(number), \(start) to \(end)")
    }
    return start..<end
  }

  private static func nearest(
    _ marked: String, _ number: Int, to index: Int?, in scalars: [Unicode.Scalar]
  ) throws(Fault) -> Range<Int> {
    let sought = Array(marked.unicodeScalars)[...]
    guard sought.count <= longest else {
      throw Fault(reason: "span \(number) has more than \(longest) characters")
    }
    var found = places(of: sought, nearestTo: index, in: scalars)
    // Some of WSC's end in a full stop that the text does not have.
    if found.isEmpty { found = places(of: sought.inner, nearestTo: index, in: scalars) }
    guard let first = found.first else {
      throw Fault(reason: "its text has no \(DataError.quoted(marked)), which is span \(number)")
    }
    guard index != nil || found.count == 1 else {
      throw Fault(
        reason: "its text has \(DataError.quoted(marked)), which is span \(number), "
          + "\(found.count) times; `\(spellings(number).start[0])` and "
          + "`\(spellings(number).end[0])` say which is meant")
    }
    return first
  }

  // Of all places where words begin with the span and end with it, the nearest; without an index
  // all. The published indices are off by some words in places.
  private static func places(
    of sought: ArraySlice<Unicode.Scalar>, nearestTo index: Int?, in scalars: [Unicode.Scalar]
  ) -> [Range<Int>] {
    guard !sought.isEmpty else { return [] }
    // No word is farther away than that.
    let index = index.map { min(max(-1, $0), scalars.count) }
    var (found, word, distance) = ([Range<Int>](), 0, Int.max)
    for place in scalars.indices {
      let end = place + sought.count
      if end <= scalars.count, place == 0 || !scalars[place - 1].isWordPart,
        end == scalars.count || !scalars[end].isWordPart, isAlike(scalars[place..<end], sought)
      {
        let gap = index.map { abs($0 - word) } ?? 0
        if gap < distance { found.removeAll() }
        if gap <= distance { found.append(place..<end) }
        distance = min(distance, gap)
      }
      if scalars[place] == " " { word += 1 }
    }
    return found
  }

  // Case aside, for WSC writes what stands within a sentence with a capital, and one blank for
  // another, for it has a line end in a span.
  private static func isAlike(
    _ scalars: ArraySlice<Unicode.Scalar>, _ others: ArraySlice<Unicode.Scalar>
  ) -> Bool {
    scalars.elementsEqual(others) {
      $0 == $1 || $0.properties.isWhitespace && $1.properties.isWhitespace
        || $0.properties.lowercaseMapping == $1.properties.lowercaseMapping
    }
  }

  private static func shown(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    DataError.quoted(String(String.UnicodeScalarView(scalars)))
  }
}

extension ArraySlice<Unicode.Scalar> {
  /// From the first letter or number to the last.
  fileprivate var inner: ArraySlice {
    guard let first = firstIndex(where: \.isWordPart), let last = lastIndex(where: \.isWordPart)
    else { return [] }
    return self[first...last]
  }
}

extension Encoding {
  /// The first and the last place, among the tokens, of those that a span of the text, or of its
  /// pair, has; nil if it has none.
  ///
  /// The texts are parted by special tokens.
  func places(of span: Range<Int>, inPair: Bool) -> (first: Int, last: Int)? {
    let texts = words.indices.split { words[$0] == nil }
    guard let own = inPair ? texts.dropFirst().first : texts.first else { return nil }
    let places = own.filter { offsets[$0].overlaps(span) }
    guard let first = places.first, let last = places.last else { return nil }
    return (first, last)
  }
}
