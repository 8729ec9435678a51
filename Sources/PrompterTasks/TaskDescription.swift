// SPDX-License-Identifier: Apache-2.0

/// What a task is: its fields, labels and metrics.
public struct TaskDescription: Codable, Sendable, Equatable {
  /// The name of what is asked about a text; ``TaskKinds`` lists what is known.
  public struct Kind: RawRepresentable, Codable, Sendable, Hashable {
    /// The name.
    public let rawValue: String

    /// A kind of a name.
    public init(rawValue: String) {
      self.rawValue = rawValue
    }
  }

  /// What is asked about a text.
  public var kind: Kind

  /// The name of the preset that the description started from.
  public var preset: String?

  /// The columns of its files.
  public var fields: Fields

  /// The labels in index order; empty until they are read from training data.
  public var labels: [String]

  /// The metrics to report; the first one selects the best prompt.
  public var metrics: [MetricName]

  /// The words that stand for the labels, if a masked language model is asked for them.
  public var verbalizer: Verbalizer?

  /// How a text-to-text task is put and scored; nil for another kind.
  public var text: TextToTextDescription?

  /// How words are tagged; nil for another kind.
  public var tagging: TaggingDescription?
  /// How answers are looked for in texts; nil for another kind.
  public var spans: SpanDescription?

  /// A description from its parts.
  public init(
    kind: Kind, preset: String? = nil, fields: Fields = Fields(), labels: [String] = [],
    metrics: [MetricName] = [.accuracy], verbalizer: Verbalizer? = nil,
    text: TextToTextDescription? = nil, tagging: TaggingDescription? = nil,
    spans: SpanDescription? = nil
  ) {
    self.kind = kind
    self.preset = preset
    self.fields = fields
    self.labels = labels
    self.metrics = metrics
    self.verbalizer = verbalizer
    self.text = text
    self.tagging = tagging
    self.spans = spans
  }
}

extension TaskDescription {
  /// The name that the task goes by: its preset's, else its kind's.
  public var name: String { preset ?? kind.rawValue }
}
