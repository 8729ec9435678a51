// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterKernels
internal import PrompterTensor

/// A search for the likeliest text that keeps a number of candidates at each length.
///
/// A text's score is its log-likelihood divided by its number of tokens, end token included, to the
/// power of a penalty. The rules for what ends a search are those of Hugging Face transformers,
/// whose answers these are.
public struct BeamSearch: Sendable, Equatable {
  /// When a search ends, apart from the limit on lengths.
  public enum Ending: String, Sendable, CaseIterable, Codable {
    /// When the best unfinished candidate, scored as if it ended now, is worse than all that have.
    case likely
    /// When as many candidates have ended as the search is wide.
    case full
    /// When no unfinished candidate could become better than all that have ended.
    case certain
  }

  /// The number of candidates.
  public var width: Int
  /// The power of the length that scores are divided by; above 1 long texts are preferred.
  public var lengthPenalty: Float
  /// When the search ends.
  public var ending: Ending

  /// A search of some width.
  public init(width: Int, lengthPenalty: Float = 1, ending: Ending = .likely) {
    precondition(width > 0, "A search needs a width.")
    self.width = width
    self.lengthPenalty = lengthPenalty
    self.ending = ending
  }

  /// A text for each row of a decoder.
  func texts(
    by decoder: any Decoding, end: Int32, rows: Int, maximumLength: Int
  ) -> [GeneratedText] {
    var beams = (0..<rows).map { _ in Beam() }
    var live = Array(0..<rows)
    for length in 1...maximumLength {
      let logits = decoder.logits
      let sums = decoder.logSums
      let count = min(2 * width, logits.columns)
      let likeliest = Kernels.largest(count, of: logits.buffer, columns: logits.columns)
      var (rows, tokens, first): ([Int], [Int32], Int) = ([], [], 0)
      for index in live {
        let running = beams[index].running
        let candidates = running.indices.flatMap { beam in
          likeliest[first + beam].map { token in
            let row = first + beam
            let share = logits.buffer[row * logits.columns + token] - sums[row]
            return Candidate(
              beam: beam, token: Int32(token), score: running[beam].score + share)
          }
        }
        let chosen = advance(
          &beams[index], candidates, end: end, length: length, maximumLength: maximumLength)
        rows += chosen.map { first + $0.beam }
        tokens += chosen.map(\.token)
        first += running.count
      }
      live = live.filter { !beams[$0].isDone }
      guard !live.isEmpty else { break }
      decoder.advance(tokens, of: rows)
    }
    return beams.map { $0.finished.first ?? GeneratedText(tokens: [], hasEnded: false, score: 0) }
  }

  // One more token for one text's candidates; gives those that go on, none if the search is done.
  private func advance(
    _ beam: inout Beam, _ candidates: [Candidate], end: Int32, length: Int, maximumLength: Int
  ) -> [Candidate] {
    let best = candidates.sorted { $0.score > $1.score }.prefix(2 * width)
    let divisor = pow(Float(length), lengthPenalty)
    // Beyond the first `width`, candidates only stand in for those that end.
    for candidate in best.prefix(width) where candidate.token == end || length == maximumLength {
      let hasEnded = candidate.token == end
      beam.finish(
        GeneratedText(
          tokens: beam.running[candidate.beam].tokens + (hasEnded ? [] : [candidate.token]),
          hasEnded: hasEnded, score: candidate.score / divisor), width: width)
    }
    let going = Array(best.filter { $0.token != end }.prefix(width))
    beam.running = going.map {
      (beam.running[$0.beam].tokens + [$0.token], $0.score)
    }
    beam.isDone =
      length == maximumLength || going.isEmpty
      || isOver(beam, length: length, maximumLength: maximumLength)
    return beam.isDone ? [] : going
  }

  private func isOver(_ beam: Beam, length: Int, maximumLength: Int) -> Bool {
    guard beam.finished.count == width, let worst = beam.finished.last?.score else {
      return false
    }
    if ending == .full { return true }
    let longest = ending == .certain && lengthPenalty > 0 ? maximumLength : length
    return !(beam.running[0].score / pow(Float(longest), lengthPenalty) > worst)
  }
}

/// A token that a candidate might go on with.
private struct Candidate {
  let beam: Int
  let token: Int32
  let score: Float
}

/// The search for one text.
private struct Beam {
  /// What may go on, likeliest first.
  var running: [(tokens: [Int32], score: Float)] = [([], 0)]
  /// What has ended, best first.
  var finished: [GeneratedText] = []
  var isDone = false

  mutating func finish(_ text: GeneratedText, width: Int) {
    let place = finished.firstIndex { $0.score < text.score } ?? finished.count
    finished.insert(text, at: place)
    if finished.count > width { finished.removeLast() }
  }
}
