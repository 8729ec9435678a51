// SPDX-License-Identifier: Apache-2.0

/// Which of a task's labels ``Metric/f1`` counts.
///
/// The class that a data set's own metric counts does not depend on how a copy spells its labels or
/// in which order they stand: in MRPC it is `equivalent`, or `1`, in QQP `duplicate`. So the label
/// that affirms is taken, told by these rules in turn:
///
/// 1. the only one of several that is a word of yes: `true`, `yes`, `positive`, `equivalent`,
///    `duplicate`, `paraphrase`, `entailment`, `acceptable`, `spam` …;
/// 2. of two, the one whose partner denies it or something else: `not_x` beside `x`, or a word of
///    no, as `0`, `false`, `no`, `negative`, `none`, `ham`;
/// 3. the last one, in the order of values or spelling.
enum PositiveLabel {
  private static let affirming: Set<String> = [
    "true", "t", "yes", "y", "positive", "pos", "equivalent", "semantically_equivalent",
    "duplicate",
    "is_duplicate", "paraphrase", "same", "similar", "match", "entailment", "acceptable", "spam",
    "relevant",
  ]

  private static let denying: Set<String> = [
    "0", "-1", "false", "f", "no", "n", "negative", "neg", "none", "different", "other", "ham",
    "unrelated",
  ]

  private static let denials = ["not_", "non_", "no_", "un", "in", "ir", "dis"]

  /// The index of the label that counts as positive; nil without labels.
  static func index(in labels: [String]) -> Int? {
    let words = labels.map(word)
    let affirmed = words.indices.filter { affirming.contains(words[$0]) }
    if affirmed.count == 1 { return affirmed[0] }
    if words.count == 2 {
      let denied = words.indices.filter { isDenial(words[$0], of: words[1 - $0]) }
      if denied.count == 1 { return 1 - denied[0] }
    }
    return labels.indices.last
  }

  private static func isDenial(_ word: String, of other: String) -> Bool {
    denying.contains(word) || denials.contains { word == $0 + other }
  }

  // In lower case with underscores between words; what is long is no such word.
  private static func word(_ label: String) -> String {
    guard label.utf8.count <= 64 else { return "" }
    let scalars = label.lowercased().unicodeScalars.map { scalar in
      scalar == " " || scalar == "-" && label.utf8.first != 0x2D ? "_" : scalar
    }
    return String(String.UnicodeScalarView(scalars))
  }
}

extension TaskDescription {
  /// The index of the label whose F1 ``Metric/f1`` is: the one that affirms, as `equivalent` of
  /// MRPC does, or else the last one; nil without labels.
  public var positiveLabelIndex: Int? { PositiveLabel.index(in: labels) }

  /// The label whose F1 is reported; nil where none is.
  public var positiveLabel: String? {
    let reportsF1 = metricNames.contains(Metric.f1.rawValue)
    return reportsF1 ? positiveLabelIndex.map { labels[$0] } : nil
  }
}
