// SPDX-License-Identifier: Apache-2.0

extension TaskDescription.Kind {
  /// The span of a text that answers a question.
  public static let questionAnswering = Self(rawValue: "question-answering")
}

extension QuestionAnswering {
  /// The kind's own name, and public data sets.
  public static let presetNames = [name.rawValue, "squad", "squad-v2", "xquad"]

  /// All but the kind itself: a question and a text.
  public static let pairPresetNames = Set(presetNames.dropFirst())

  /// The description of a task.
  ///
  /// | name | files | whether a text may have no answer |
  /// | --- | --- | --- |
  /// | `question-answering` | any that ``SpanDataset`` reads | if a training example has none |
  /// | `squad` | SQuAD 1.1 | no |
  /// | `squad-v2` | SQuAD 2.0 | yes |
  /// | `xquad` | XQuAD | no |
  public static func preset(_ name: String, isNamed: Bool) -> TaskDescription? {
    guard presetNames.contains(name) else { return nil }
    return TaskDescription(
      kind: Self.name, preset: name == Self.name.rawValue ? nil : name,
      metrics: [.f1, MetricName(rawValue: TextMetric.exactMatch.rawValue)],
      spans: SpanDescription(allowsNoAnswer: name == "squad-v2"))
  }
}
