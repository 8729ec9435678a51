// SPDX-License-Identifier: Apache-2.0

extension TaskDescription.Kind {
  /// One label for a text or for two.
  public static let textClassification = Self(rawValue: "text-classification")
}

extension TextClassification {
  /// The kind's own name, and public data sets whose columns are known.
  public static let presetNames = [name.rawValue] + presets.map(\.name)

  /// Those whose examples have two texts.
  public static let pairPresetNames: Set<String> = [
    "rte", "cb", "boolq", multirc, "mrpc", "qqp", "mnli", "qnli", "wnli",
  ]

  // The labels are those of the published files. They are read from training data all the same,
  // since copies of these data sets spell them in other ways.
  private static let presets: [(name: String, fields: Fields, metrics: [MetricName])] = [
    ("sst2", Fields(text: "sentence"), [.accuracy]),
    ("rte", Fields(), [.accuracy]),
    ("cb", Fields(), [.accuracy, .macroF1]),
    ("boolq", Fields(text: "question", pair: "passage"), [.accuracy]),
    (multirc, Fields(), multircMetrics),
    ("cola", Fields(text: "sentence"), [.matthews]),
    ("mrpc", Fields(), [.accuracy, .f1]),
    ("qqp", Fields(text: "question1", pair: "question2"), [.accuracy, .f1]),
    ("mnli", Fields(), [.accuracy]),
    ("qnli", Fields(text: "question", pair: "sentence"), [.accuracy]),
    ("wnli", Fields(), [.accuracy]),
  ]

  /// The description of a task.
  ///
  /// | name | text and pair | labels | metrics |
  /// | --- | --- | --- | --- |
  /// | `text-classification` | found by name | any | accuracy, macro F1 |
  /// | `sst2` | sentence | 0, 1 | accuracy |
  /// | `rte` | premise and hypothesis | entailment, not_entailment | accuracy |
  /// | `cb` | premise and hypothesis | contradiction, entailment, neutral | accuracy, macro F1 |
  /// | `boolq` | question and passage | false, true | accuracy |
  /// | `multirc` | paragraph, question with an answer | 0, 1 | F1 over answers, questions right |
  /// | `cola` | sentence | 0, 1 | Matthews correlation |
  /// | `mrpc` | two sentences | 0, 1 | accuracy, F1 |
  /// | `qqp` | two questions | 0, 1 | accuracy, F1 |
  /// | `mnli` | premise and hypothesis | contradiction, entailment, neutral | accuracy |
  /// | `qnli` | question and sentence | entailment, not_entailment | accuracy |
  /// | `wnli` | two sentences | 0, 1 | accuracy |
  public static func preset(_ name: String, isNamed: Bool) -> TaskDescription? {
    if name == Self.name.rawValue {
      return TaskDescription(kind: Self.name, metrics: [.accuracy, .macroF1])
    }
    return presets.first { $0.name == name }.map {
      TaskDescription(kind: Self.name, preset: name, fields: $0.fields, metrics: $0.metrics)
    }
  }
}
