// SPDX-License-Identifier: Apache-2.0

/// What a task is: its fields, labels and metrics.
public struct TaskDescription: Codable, Sendable, Equatable {
  /// What is asked about a text.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// One label for a text or for two.
    case textClassification = "text-classification"
    /// A text for a text.
    case textToText = "text-to-text"
  }

  /// What is asked about a text.
  public var kind: Kind

  /// The name of the preset that the description started from.
  public var preset: String?

  /// The columns of its files.
  public var fields: Fields

  /// The labels in index order; empty until they are read from training data.
  public var labels: [String]

  /// The metrics of a classification to report; the first one selects the best prompt.
  public var metrics: [Metric]

  /// How a text-to-text task is put and scored; nil for another kind.
  public var text: TextToTextDescription?

  /// A description from its parts.
  public init(
    kind: Kind, preset: String? = nil, fields: Fields = Fields(), labels: [String] = [],
    metrics: [Metric] = [.accuracy], text: TextToTextDescription? = nil
  ) {
    self.kind = kind
    self.preset = preset
    self.fields = fields
    self.labels = labels
    self.metrics = metrics
    self.text = text
  }
}

extension TaskDescription {
  /// The description of a preset's or a kind's name, or nil if there is none of that name.
  ///
  /// | name | text and pair | labels | metrics |
  /// | --- | --- | --- | --- |
  /// | `text-classification` | found by name | any | accuracy, macro F1 |
  /// | `sst2` | sentence | 0, 1 | accuracy |
  /// | `rte` | premise and hypothesis | entailment, not_entailment | accuracy |
  /// | `cb` | premise and hypothesis | contradiction, entailment, neutral | accuracy, macro F1 |
  /// | `boolq` | question and passage | false, true | accuracy |
  /// | `mrpc` | two sentences | 0, 1 | accuracy, F1 |
  ///
  /// The labels are those of the published files. They are read from training data all the same,
  /// since copies of these data sets spell them in other ways.
  public static func preset(_ name: String) -> TaskDescription? {
    switch name {
    case Kind.textClassification.rawValue:
      TaskDescription(kind: .textClassification, metrics: [.accuracy, .macroF1])
    case "sst2":
      classification(name, Fields(text: "sentence"), [.accuracy])
    case "rte":
      classification(name, Fields(), [.accuracy])
    case "cb":
      classification(name, Fields(), [.accuracy, .macroF1])
    case "boolq":
      classification(name, Fields(text: "question", pair: "passage"), [.accuracy])
    case "mrpc":
      classification(name, Fields(), [.accuracy, .f1])
    default:
      nil
    }
  }

  /// Whether a preset's examples have two texts.
  package var isAboutPairs: Bool {
    guard kind == .textClassification, let preset else { return false }
    return ["rte", "cb", "boolq", "mrpc"].contains(preset)
  }

  /// All names that ``preset(_:)`` knows, for messages and help.
  public static let presetNames = ["text-classification", "sst2", "rte", "cb", "boolq", "mrpc"]

  private static func classification(
    _ preset: String, _ fields: Fields, _ metrics: [Metric]
  ) -> TaskDescription {
    TaskDescription(
      kind: .textClassification, preset: preset, fields: fields, metrics: metrics)
  }
}
