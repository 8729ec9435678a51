// SPDX-License-Identifier: Apache-2.0

internal import PrompterTokenizer

/// Makes rows of a text whose words are asked about, one row or several windows of a long text.
///
/// The text is encoded as a whole, and a piece belongs to the word that its characters are in, or
/// that follows the blank it begins with. Words given are joined by blanks first: of WordPiece, and
/// of whatever else does not look beyond blanks, that gives the pieces that transformers gives with
/// `is_split_into_words`. A word is read at its first piece, in the window that has most tokens
/// on the side where it has fewer. One without pieces, as of control characters alone, is
/// read where the one before it is, and learns nothing.
///
/// A predicate stands between the text and another closing token, as P-Tuning v2's code puts it:
/// BERT reads `[CLS] words [SEP] predicate [SEP]`, all in one segment.
struct WordRows {
  let question: Question
  let reader: TextReader
  /// Whether a word is read at all of its pieces.
  let readsAllPieces: Bool

  /// A word's place: its pieces in the window where it is read.
  private struct Home {
    var window: Int
    var places: [Int]
    var context: Int
    // Where its first piece is in the text; a window may begin in the middle of a word.
    var start: Int
  }

  /// The rows, each of which reads something.
  ///
  /// What they read is in the order of the words, whose numbers are the marks. Of a text without
  /// words the first token is read, with the mark -1.
  ///
  /// - Throws: ``TextProblem`` if the backbone cannot read them.
  /// - Complexity: O(tokens of all windows).
  func rows() throws(TextProblem) -> [EncodedInput] {
    let mark = question.pair.map {
      reader.tokenizer.encode(" " + $0, pair: nil, maximumLength: .max)
    }
    let suffix = mark.map { mark in
      mark.ids.indices.filter { mark.words[$0] != nil }.map { mark.ids[$0] }
    }
    // As many closing tokens are put after a predicate as after a text.
    let windows = try windows(leaving: (suffix?.count ?? 0) + (mark?.closingCount ?? 0))
    let homes = homes(in: windows)
    var rows: [EncodedInput] = []
    for (index, window) in windows.enumerated() {
      let read = homes.enumerated().filter { $0.element.window == index }
      guard !read.isEmpty || question.words.isEmpty && index == 0 else { continue }
      let whole = suffix.map { window.closed(by: $0) } ?? window
      try reader.limits.check(whole)
      rows.append(
        read.isEmpty
          ? reader.input(whole, reading: [0], marks: [-1])
          : reader.input(
            whole, reading: read.flatMap(\.element.places),
            marks: read.flatMap { word, home in
              home.places.map { _ in home.start < 0 ? -1 : Int32(word) }
            }, isWindow: windows.count > 1))
    }
    return rows
  }

  private func windows(leaving count: Int) throws(TextProblem) -> [Encoding] {
    var reader = TextReader(
      tokenizer: reader.tokenizer, maximumLength: reader.maximumLength - count,
      within: reader.limits)
    reader.memo = self.reader.memo
    let encoding = try reader.encoding(question.text)
    guard encoding.truncatedCount > 0 else { return [encoding] }
    return try reader.windows(question.text, overlap: reader.maximumLength / 4)
  }

  private func homes(in windows: [Encoding]) -> [Home] {
    var homes = question.words.map { _ in Home(window: 0, places: [], context: -1, start: -1) }
    for (index, window) in windows.enumerated() {
      let own = window.words.indices.filter { window.words[$0] != nil }
      guard let first = own.first, let last = own.last else { continue }
      var (place, word) = (first, 0)
      while place <= last {
        let start = window.offsets[place].lowerBound
        while word < homes.count, question.words[word].upperBound <= start { word += 1 }
        guard word < homes.count else { break }
        let end = question.words[word].upperBound
        let pieces = (place..<last + 1).prefix { window.offsets[$0].lowerBound < end }
        defer { place = pieces.endIndex }
        // What is missing beyond the text's own ends is missed by nobody.
        let context = min(
          index == 0 ? .max : place - first, index + 1 == windows.count ? .max : last - place)
        let home = homes[word]
        guard context > home.context, home.start < 0 || home.start == start else { continue }
        homes[word] = Home(
          window: index, places: readsAllPieces ? Array(pieces) : [place], context: context,
          start: start)
      }
    }
    // Without pieces of its own it goes with the one before.
    var last = Home(window: 0, places: [0], context: 0, start: -1)
    return homes.map { home in
      guard home.start < 0 else {
        last = home
        return home
      }
      return Home(window: last.window, places: last.places.suffix(1), context: 0, start: -1)
    }
  }
}

extension Encoding {
  /// The encoding with more tokens at its end, and after them as many closing ones as before.
  fileprivate func closed(by more: [Int32]) -> Encoding {
    var encoding = self
    let end = ids.count - closingCount..<ids.count
    let segment = segments.last ?? 0
    // They are of a text, so that the tokens after them are the closing ones.
    encoding.ids += more + ids[end]
    encoding.segments += more.map { _ in segment } + segments[end]
    encoding.words += more.map { _ in (words.lazy.compactMap(\.self).max() ?? 0) + 1 } + words[end]
    encoding.offsets += more.map { _ in 0..<0 } + offsets[end]
    return encoding
  }
}
