// SPDX-License-Identifier: Apache-2.0

extension Encoding {
  /// The tokens from both ends of each text, as many of each as a cut encoding has.
  ///
  /// Of a text of which k tokens are left, the first ⌈k / 2⌉ and the last ⌊k / 2⌋ are taken.
  ///
  /// - Parameter cut: The same texts, cut at their ends.
  /// - Returns: An encoding of as many tokens as the cut one, which counts the others; the cut one
  ///   itself where it has nothing left of a text.
  /// - Complexity: O(tokens).
  func ends(asManyAs cut: Encoding) -> Encoding {
    let (own, left) = (textRuns, cut.textRuns)
    guard cut.truncatedCount > 0, own.count == left.count else { return cut }
    var kept: [Int] = []
    var next = 0
    for (run, room) in zip(own, left.map(\.count)) {
      let head = (min(room, run.count) + 1) / 2
      let tail = min(room, run.count) - head
      kept += Array(next..<run.lowerBound + head) + Array(run.upperBound - tail..<run.upperBound)
      next = run.upperBound
    }
    kept += Array(next..<ids.count)
    return Encoding(
      ids: kept.map { ids[$0] }, segments: kept.map { segments[$0] },
      words: kept.map { words[$0] }, offsets: kept.map { offsets[$0] },
      truncatedCount: ids.count - kept.count)
  }

  // Where tokens of a text follow each other; special tokens of the template stand between.
  private var textRuns: [Range<Int>] {
    var runs: [Range<Int>] = []
    for place in words.indices where words[place] != nil {
      if let last = runs.last, last.upperBound == place {
        runs[runs.count - 1] = last.lowerBound..<place + 1
      } else {
        runs.append(place..<place + 1)
      }
    }
    return runs
  }
}

extension Tokenizer {
  /// A text, or a pair, of which both ends are read where it is too long.
  ///
  /// - Parameters:
  ///   - text: The text, or the first of two.
  ///   - pair: The second text. Each of two keeps as many tokens as if it were cut at its end.
  ///   - maximumLength: The most tokens, special ones included.
  /// - Returns: The tokens, half of a long text's from its start and half from its end.
  public func endsEncoding(_ text: String, pair: String? = nil, maximumLength: Int) -> Encoding {
    let cut = encode(text, pair: pair, maximumLength: maximumLength)
    guard cut.truncatedCount > 0 else { return cut }
    return encode(text, pair: pair, maximumLength: .max).ends(asManyAs: cut)
  }
}
