// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The spans of a text that may answer a question, by the scores that a head gave in its windows.
///
/// The score of a span is that of its first token as a start plus that of its last as an end, as
/// SQuAD's programs have it. Where windows overlap, a span counts in the one in which its first
/// token has more context on the side where it has less, so that none is there twice (Devlin and
/// others, BERT's `run_squad`, 2018). Having no answer scores what the window says in which it
/// scores least: all of them must agree.
struct SpanSearch {
  /// A span of the text and its score.
  struct Span: Equatable {
    /// The Unicode scalars that it covers.
    let range: Range<Int>
    let score: Double
  }

  /// The best spans, the best first; of equal ones the first in the text.
  let best: [Span]
  /// The score of having no answer.
  let noAnswerScore: Double

  private let windows: [Window]
  private let longest: Int

  /// Looks at all spans.
  ///
  /// - Parameters:
  ///   - outputs: For each window, [places read, 2], the scores of starts and of ends.
  ///   - rows: The windows.
  ///   - longest: The most tokens of a span.
  ///   - count: How many of the best are kept.
  /// - Complexity: O(tokens × longest).
  init(_ outputs: [[Float]], of rows: [EncodedInput], longest: Int, keeping count: Int) {
    let windows = zip(outputs, rows).map(Window.init)
    self.windows = windows.indices.map { index in
      windows[index].owning(
        beside: index > 0 ? windows[index - 1] : nil,
        index + 1 < windows.count ? windows[index + 1] : nil)
    }
    // A card may say any number.
    self.longest = min(max(1, longest), 1 << 20)
    noAnswerScore = windows.map(\.noAnswerScore).min() ?? 0
    var ranking = Ranking(limit: max(1, count))
    for window in self.windows {
      window.forEachSpan(upTo: self.longest) { ranking.add($0, $1, score: $2, of: window) }
    }
    best = ranking.spans
  }

  /// log Σ exp(factor (score − top)) over all spans, and over having no answer if it may be one.
  ///
  /// - Parameters:
  ///   - factor: One over the temperature.
  ///   - top: The highest score, so that nothing overflows.
  ///   - noAnswer: The score of having no answer.
  /// - Returns: The logarithm.
  func logSum(factor: Double, top: Double, noAnswer: Double?) -> Double {
    var sum = noAnswer.map { exp(factor * ($0 - top)) } ?? 0
    for window in windows {
      // What is e⁻⁴⁰ beside the greatest does not show.
      window.forEachSpan(upTo: longest, above: top - 40 / factor) { _, _, score in
        sum += exp(factor * (score - top))
      }
    }
    return log(sum)
  }
}

// A window: what is read of it, its first place being that of having no answer.
private struct Window {
  let starts: [Double]
  let ends: [Double]
  let offsets: [Range<Int32>]
  // Whether a span counts here that starts at a place.
  var isOwn: [Bool]

  init(_ outputs: [Float], of row: EncodedInput) {
    offsets = row.readOffsets
    starts = offsets.indices.map { Double(outputs[2 * $0]) }
    ends = offsets.indices.map { Double(outputs[2 * $0 + 1]) }
    isOwn = offsets.indices.map { $0 > 0 }
  }

  var noAnswerScore: Double { starts[0] + ends[0] }

  // How much text there is on the side of a token where there is less; nil if it is not here.
  private func context(of token: Range<Int32>) -> Int32? {
    guard offsets.count > 1, let last = offsets.last, offsets[1].lowerBound <= token.lowerBound,
      last.upperBound >= token.upperBound
    else { return nil }
    return min(token.lowerBound - offsets[1].lowerBound, last.upperBound - token.upperBound)
  }

  func owning(beside before: Window?, _ after: Window?) -> Window {
    guard before != nil || after != nil else { return self }
    var window = self
    for place in offsets.indices.dropFirst() {
      let own = context(of: offsets[place]) ?? 0
      let isBetter =
        before?.context(of: offsets[place]).map { own > $0 } ?? true
        && after?.context(of: offsets[place]).map { own >= $0 } ?? true
      window.isOwn[place] = isBetter
    }
    return window
  }

  // Calls `body` with the first and last place and the score of each span that counts here.
  func forEachSpan(
    upTo longest: Int, above least: Double = -.infinity,
    _ body: (_ start: Int, _ end: Int, _ score: Double) -> Void
  ) {
    let highest = ends.dropFirst().max() ?? 0
    for start in offsets.indices.dropFirst() where isOwn[start] && starts[start] + highest > least {
      for end in start..<min(start + longest, offsets.count) {
        let score = starts[start] + ends[end]
        if score > least { body(start, end, score) }
      }
    }
  }
}

// The best spans, of whose ranges none is there twice.
private struct Ranking {
  let limit: Int
  private(set) var spans: [SpanSearch.Span] = []

  init(limit: Int) {
    self.limit = limit
  }

  mutating func add(_ start: Int, _ end: Int, score: Double, of window: Window) {
    if spans.count == limit, let last = spans.last, score <= last.score { return }
    let range =
      Int(
        window.offsets[start].lowerBound)..<Int(
        max(window.offsets[start].lowerBound, window.offsets[end].upperBound))
    // Tokens of one character cover the same.
    if let same = spans.firstIndex(where: { $0.range == range }) {
      guard spans[same].score < score else { return }
      spans.remove(at: same)
    }
    let place = spans.firstIndex { $0.score < score } ?? spans.count
    spans.insert(SpanSearch.Span(range: range, score: score), at: place)
    if spans.count > limit { spans.removeLast() }
  }
}

extension SpanSearch {
  /// The score of a span, by its place in each window; nil if it counts in none.
  func score(of places: [SpanTarget.Place]) -> Double? {
    for (window, place) in zip(windows, places) where place != .none {
      let (start, end) = (Int(place.start), Int(place.end))
      if window.isOwn[start], end - start < longest {
        return window.starts[start] + window.ends[end]
      }
    }
    return nil
  }
}
