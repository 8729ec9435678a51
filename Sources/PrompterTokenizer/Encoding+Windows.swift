// SPDX-License-Identifier: Apache-2.0

extension Encoding {
  /// The encoding in parts that overlap: each has all tokens but those of one text, and of these a
  /// stretch.
  ///
  /// With n tokens of the text and room for r beside the others, part i has the tokens from
  /// i (r - overlap), r of them or what is left; the last is the first that reaches the end. Words
  /// and places in the text are those of the whole.
  ///
  /// - Parameters:
  ///   - text: The places of the tokens that are divided.
  ///   - maximumLength: The most tokens of a part, more than there are beside the divided ones.
  ///   - overlap: How many of the divided tokens two neighbours share: less than there is room
  ///     for, so that every part goes on.
  /// - Returns: The parts, one at least, none of which is cut.
  /// - Complexity: O(tokens of all parts).
  func windows(over text: Range<Int>, maximumLength: Int, overlap: Int) -> [Encoding] {
    let room = maximumLength - (ids.count - text.count)
    precondition(room > 0 && 0..<room ~= overlap, "Each window goes on.")
    var windows: [Encoding] = []
    var first = text.lowerBound
    while true {
      let end = min(text.upperBound, first + room)
      windows.append(without(text, but: first..<end))
      guard end < text.upperBound else { return windows }
      first += room - overlap
    }
  }

  private func without(_ text: Range<Int>, but kept: Range<Int>) -> Encoding {
    func part<Value>(_ values: [Value]) -> [Value] {
      Array(values[..<text.lowerBound] + values[kept] + values[text.upperBound...])
    }
    return Encoding(
      ids: part(ids), segments: part(segments), words: part(words), offsets: part(offsets))
  }
}

extension Tokenizer {
  /// A text, or the second of two, whole in encodings that overlap; the first of two is in each.
  ///
  /// - Parameters:
  ///   - text: The first text, or the only one.
  ///   - pair: The second text.
  ///   - maximumLength: The most tokens of an encoding, special tokens included.
  ///   - overlap: How many tokens two neighbours share, if there is room for more than so many.
  /// - Returns: The encodings in the order of the text, one at least; nil if beside the other
  ///   tokens there is no room for any of a text that has some.
  public func windows(
    of text: String, pair: String? = nil, maximumLength: Int, overlap: Int
  ) -> [Encoding]? {
    let whole = encode(text, pair: pair, maximumLength: .max)
    guard whole.ids.count > maximumLength else { return [whole] }
    let divided = whole.textPlaces.dropFirst(pair == nil ? 0 : ids(of: text).count)
    guard let first = divided.first, let last = divided.last else { return nil }
    let room = maximumLength - (whole.ids.count - (last + 1 - first))
    guard room > 0 else { return nil }
    return whole.windows(
      over: first..<last + 1, maximumLength: maximumLength,
      overlap: min(max(0, overlap), room - 1))
  }
}

extension Encoding {
  // Where tokens of texts are, rather than special ones of the template.
  fileprivate var textPlaces: [Int] { words.indices.filter { words[$0] != nil } }
}
