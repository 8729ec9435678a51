// SPDX-License-Identifier: Apache-2.0

/// A score of tags; higher is better, and a quotient by zero is 0.
///
/// Names are compared as sets of stretches of words with their types, over all texts together, as
/// seqeval and CoNLL's `conlleval` do. In tasks about a predicate its own name, `V`, does not
/// count, as in CoNLL's scores of roles.
public enum TagMetric: String, CaseIterable, Sendable {
  /// 2 P R / (P + R) of names.
  case f1 = "span_f1"
  /// P: of the names that are answered, the share that are right.
  case precision = "span_precision"
  /// R: of the names that are there, the share that are answered.
  case recall = "span_recall"
  /// The share of words whose tag is right.
  case accuracy
  /// F1 of names that are well-formed by their scheme, seqeval's strict mode.
  case strictF1 = "span_f1_strict"
  /// The mean F1 of the tags that occur.
  case macroF1 = "f1_macro"

  /// Whether it is about names.
  var isOfSpans: Bool { self != .accuracy && self != .macroF1 }

  static let ofSpans: [MetricName] = [f1, .precision, .recall, .accuracy].map(\.name)
  static let ofWords: [MetricName] = [accuracy, .macroF1].map(\.name)

  var name: MetricName { MetricName(rawValue: rawValue) }

  /// Metrics that tags can be scored by: those of names for names alone.
  static func names(_ names: [MetricName], hasSpans: Bool) -> [MetricName] {
    guard !hasSpans else { return names }
    let own = names.filter { TagMetric(rawValue: $0.rawValue)?.isOfSpans == false }
    return own + ofWords.filter { !own.contains($0) }
  }
}

/// How many names are right, answered and there.
struct SpanTally: Sendable, Equatable {
  var right = 0
  var predicted = 0
  var support = 0

  static func + (left: SpanTally, right: SpanTally) -> SpanTally {
    SpanTally(
      right: left.right + right.right, predicted: left.predicted + right.predicted,
      support: left.support + right.support)
  }

  /// Precision, recall and F1 = 2 right / (predicted + support).
  var scores: ConfusionMatrix.ClassScores {
    func ratio(_ part: Int, _ whole: Int) -> Double {
      whole == 0 ? 0 : Double(part) / Double(whole)
    }
    return ConfusionMatrix.ClassScores(
      precision: ratio(right, predicted), recall: ratio(right, support),
      f1: ratio(2 * right, predicted + support), support: support)
  }

  /// The names of each type in texts, given as the indices of their tags.
  ///
  /// - Parameters:
  ///   - predictions: The answers.
  ///   - references: What is right; as many tags for each text.
  ///   - typeCount: How many types there are.
  ///   - spans: What is read of the tags of a text.
  /// - Returns: A tally for each type.
  static func tallies(
    of predictions: [[Int]], beside references: [[Int]], typeCount: Int,
    _ spans: (_ tags: [Int]) -> [TagSet.Span]
  ) -> [SpanTally] {
    var tallies = [SpanTally](repeating: SpanTally(), count: typeCount)
    for (prediction, reference) in zip(predictions, references) {
      let there = Set(spans(reference))
      for span in there { tallies[span.type].support += 1 }
      for span in spans(prediction) {
        tallies[span.type].predicted += 1
        if there.contains(span) { tallies[span.type].right += 1 }
      }
    }
    return tallies
  }
}
