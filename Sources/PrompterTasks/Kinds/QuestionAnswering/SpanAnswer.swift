// SPDX-License-Identifier: Apache-2.0

internal import Foundation
public import PrompterJSON

/// The span of a text that answers a question, or that there is none.
public struct SpanAnswer: Answer {
  /// A span that may be the answer.
  public struct Candidate: Sendable, Equatable {
    /// The text, as it stands there.
    public var text: String
    /// The Unicode scalars of the text that it covers.
    public var range: Range<Int>
    /// Its share among all spans, and having no answer, if that may be.
    public var probability: Double
  }

  /// The best spans, the best first.
  public let candidates: [Candidate]
  /// How probable it is that the text has no answer; nil where there always is one.
  public let noAnswerProbability: Double?
  /// In how many windows the text was read.
  public let windowCount: Int
  /// Whether having no answer is the answer.
  public let isNone: Bool

  /// The answer that the spans of a text give.
  ///
  /// p(span) = exp((start + end) / T) / Z, with Z the sum over all spans that are not too long and,
  /// where the text may have no answer, over having none, whose score is lowered by the threshold.
  ///
  /// - Parameters:
  ///   - search: The spans.
  ///   - context: The text.
  ///   - windowCount: In how many windows it was read.
  ///   - allowsNoAnswer: Whether it may have no answer.
  ///   - calibration: The temperature T, and the threshold.
  init(
    _ search: SpanSearch, in context: String, windowCount: Int, allowsNoAnswer: Bool,
    by calibration: Calibration
  ) {
    let none = allowsNoAnswer ? search.noAnswerScore - calibration.threshold : nil
    let factor = 1 / calibration.temperature.value
    let highest = search.best.first?.score
    let top = max(highest ?? -.infinity, none ?? -.infinity)
    let logSum = top.isFinite ? search.logSum(factor: factor, top: top, noAnswer: none) : 0
    func share(_ score: Double) -> Double { exp(factor * (score - top) - logSum) }
    candidates = search.best.map {
      Candidate(text: context.scalars($0.range), range: $0.range, probability: share($0.score))
    }
    noAnswerProbability = none.map(share)
    isNone = highest.map { highest in none.map { $0 > highest } ?? false } ?? true
    self.windowCount = windowCount
  }

  /// The span that is the answer; nil for none.
  public var best: Candidate? { isNone ? nil : candidates.first }

  /// The answer as it stands in the text; empty for none.
  public var text: String { best?.text ?? "" }

  /// Its share, or that of having none.
  public var probability: Double? { isNone ? noAnswerProbability : candidates.first?.probability }

  /// Where it stands.
  public var place: Range<Int>? { best?.range }

  /// The answer, where it starts and ends and how probable it is, and the best spans if so many are
  /// asked for.
  public func members(top: Int?) -> [JSONValue.Member] {
    var members = Self.members(of: best)
    members.append(.init(name: "probability", value: probability.map { .number($0) } ?? .null))
    if let noAnswerProbability {
      members.append(.init(name: "no_answer_probability", value: .number(noAnswerProbability)))
    }
    guard let top else { return members }
    let spans = candidates.prefix(top).map { candidate in
      JSONValue.object(
        Self.members(of: candidate)
          + [.init(name: "probability", value: .number(candidate.probability))])
    }
    return members + [.init(name: "candidates", value: .array(spans))]
  }

  private static func members(of candidate: Candidate?) -> [JSONValue.Member] {
    [
      .init(name: "answer", value: JSONValue(candidate?.text)),
      .init(name: "start", value: candidate.map { .integer($0.range.lowerBound) } ?? .null),
      .init(name: "end", value: candidate.map { .integer($0.range.upperBound) } ?? .null),
    ]
  }
}

extension String {
  /// Some of the Unicode scalars, as far as they are there.
  func scalars(_ range: Range<Int>) -> String {
    let scalars = unicodeScalars.dropFirst(range.lowerBound).prefix(range.count)
    return String(String.UnicodeScalarView(scalars))
  }
}
