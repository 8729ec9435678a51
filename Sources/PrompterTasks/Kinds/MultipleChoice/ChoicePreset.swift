// SPDX-License-Identifier: Apache-2.0

/// The data sets of questions with choices whose form is known.
enum ChoicePreset: String {
  case copa, record
  case free = "multiple-choice"

  /// The columns of a question, the one that a user may rename first, under the names that public
  /// data sets have for them.
  var columns: [(name: String, spellings: [String])] {
    switch self {
    case .copa: [("premise", ["premise"]), ("question", ["question"])]
    case .record: [("passage", ["passage"]), ("query", ["query"])]
    case .free:
      [
        (
          "text",
          [
            "text", "question", "question_stem", "premise", "sentence", "sent2", "ctx", "goal",
            "query",
          ]
        )
      ]
    }
  }

  /// The columns with what a question is about, the first of them that is there: RACE's article,
  /// SWAG's first sentence.
  static let contexts = ["context", "article", "passage", "sent1"]

  /// The metrics that the data set's authors report.
  var metrics: [MetricName] {
    switch self {
    case .copa, .free: [.accuracy]
    case .record: [TextMetric.tokenF1, .exactMatch].map { MetricName(rawValue: $0.rawValue) }
    }
  }

  /// COPA's premise with the word that asks for its cause or its effect; nil for another question.
  static func cause(_ premise: String, asking question: String) -> String? {
    let asked = question.trimmed
    if asked.reads(as: "cause") { return "\(premise) because" }
    return asked.reads(as: "effect") ? "\(premise) so" : nil
  }

  /// What stands beside the question in the row of a choice.
  func second(_ pair: String?, _ choice: String) -> String {
    guard let pair else { return choice }
    return self == .record
      ? pair.components(separatedByBytes: EntityQuery.gap).joined(separator: choice)
      : "\(pair) \(choice)"
  }
}
