// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What validation questions tell of when a text has no answer, and of how sure answers are.
struct SpanCalibration {
  // A question with the spans that were found, and what its answers are.
  private struct Case {
    let search: SpanSearch
    let target: SpanTarget
  }

  private let cases: [Case]
  private let allowsNoAnswer: Bool

  // So many questions tell a temperature well enough.
  private static let mostForTemperature = 1_000

  init(_ outputs: [[[Float]]], for targets: [SpanTarget], _ description: SpanDescription) {
    allowsNoAnswer = description.allowsNoAnswer
    cases = zip(outputs, targets).map { outputs, target in
      Case(
        search: SpanSearch(
          outputs, of: target.rows, longest: description.maximumAnswerLength, keeping: 1),
        target: target)
    }
  }

  /// The threshold of the highest F1, of equally good ones the nearest to 0; nil where all
  /// questions have an answer, or none has.
  var threshold: Double? {
    guard allowsNoAnswer else { return nil }
    let gains = cases.compactMap { item -> (margin: Double, gain: Double)? in
      guard let answers = item.target.example.answers, let best = item.search.best.first else {
        return nil
      }
      let score = AnswerScore(
        of: item.target.example.context.scalars(best.range), answers.map(\.text),
        allowsNoAnswer: true)
      return (item.search.noAnswerScore - best.score, (answers.isEmpty ? 1 : 0) - score.f1)
    }.sorted { $0.margin < $1.margin }
    let unanswerable = cases.count { $0.target.example.isUnanswerable }
    guard unanswerable > 0, unanswerable < cases.count, let first = gains.first else { return nil }
    // Those with a greater margin than the threshold have no answer, at first all.
    var (total, best) = (gains.reduce(0) { $0 + $1.gain }, (gain: 0.0, threshold: 0.0))
    best = (total, first.margin > 0 ? 0 : first.margin - 1)
    for (index, item) in gains.enumerated() {
      total -= item.gain
      let next = index + 1 < gains.count ? gains[index + 1].margin : max(0, item.margin) + 1
      guard next > item.margin else { continue }
      // 0 itself where it lies between two.
      let threshold = item.margin <= 0 && 0 < next ? 0 : (item.margin + next) / 2
      if total > best.gain + 1e-9
        || total > best.gain - 1e-9 && abs(threshold) < abs(best.threshold)
      {
        best = (total, threshold)
      }
    }
    return best.threshold
  }

  /// The temperature of the smallest log loss of the right answers, if the questions tell it from 1
  /// by more than chance: twice what the sum falls by is to exceed 3.84, the likelihood ratio's
  /// 95 %.
  ///
  /// The log loss is convex in one over the temperature; its minimum is found by golden sections of
  /// the logarithm. Questions whose right answer is not among the spans say nothing.
  func temperature(threshold: Double) -> Temperature {
    let step = max(1, cases.count / Self.mostForTemperature)
    let terms = stride(from: 0, to: cases.count, by: step).compactMap {
      Term(cases[$0].search, cases[$0].target, noAnswer: allowsNoAnswer ? threshold : nil)
    }
    guard terms.contains(where: \.isRight), terms.contains(where: { !$0.isRight }) else {
      return .one
    }
    func loss(_ logarithm: Double) -> Double {
      terms.reduce(0) { $0 + $1.loss(factor: exp(-logarithm)) }
    }
    let found = Self.minimum(
      of: loss, log(Temperature.fittedRange.lowerBound), log(Temperature.fittedRange.upperBound))
    guard 2 * (loss(0) - loss(found)) > 3.84 else { return .one }
    let value = exp(found)
    let range = Temperature.fittedRange
    return Temperature(min(max(value, range.lowerBound), range.upperBound))
  }

  private static func minimum(
    of function: (Double) -> Double, _ low: Double, _ high: Double
  ) -> Double {
    let ratio = (5.0.squareRoot() - 1) / 2
    var (low, high) = (low, high)
    var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
    var (atLeft, atRight) = (function(left), function(right))
    while high - low > 1e-3 {
      if atLeft <= atRight {
        (high, right, atRight) = (right, left, atLeft)
        left = high - ratio * (high - low)
        atLeft = function(left)
      } else {
        (low, left, atLeft) = (left, right, atRight)
        right = low + ratio * (high - low)
        atRight = function(right)
      }
    }
    return (low + high) / 2
  }
}

// The log loss of a question's right answer.
private struct Term {
  private let search: SpanSearch
  private let score: Double
  private let top: Double
  private let noAnswer: Double?

  /// Whether nothing scores higher.
  var isRight: Bool { score >= top }

  init?(_ search: SpanSearch, _ target: SpanTarget, noAnswer threshold: Double?) {
    let noAnswer = threshold.map { search.noAnswerScore - $0 }
    let own: Double? =
      target.example.isUnanswerable ? noAnswer : search.score(of: target.places)
    guard let own, let top = ([search.best.first?.score, noAnswer].compactMap(\.self)).max() else {
      return nil
    }
    (self.search, score, self.top, self.noAnswer) = (search, own, top, noAnswer)
  }

  func loss(factor: Double) -> Double {
    search.logSum(factor: factor, top: top, noAnswer: noAnswer) - factor * (score - top)
  }
}
