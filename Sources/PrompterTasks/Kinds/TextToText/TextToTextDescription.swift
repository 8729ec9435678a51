// SPDX-License-Identifier: Apache-2.0

/// What a task whose answers are texts asks, and how its answers are scored.
public struct TextToTextDescription: Codable, Sendable, Equatable {
  /// How an example is put to the model.
  public var template: TextTemplate

  /// The file's names of the template's columns, and of `target`, where they are not found by name.
  public var columns: [String: String]

  /// Whether blanks are put around punctuation, in answers too, as T5 does for question answering.
  public var spacesPunctuation: Bool

  /// The metrics to report; the first one selects the best prompt.
  public var metrics: [TextMetric]

  /// Whether the answers of the training data are all there are.
  public var readsLabels: Bool

  /// A description from its parts.
  public init(
    template: TextTemplate, columns: [String: String] = [:], spacesPunctuation: Bool = false,
    metrics: [TextMetric], readsLabels: Bool = false
  ) {
    self.template = template
    self.columns = columns
    self.spacesPunctuation = spacesPunctuation
    self.metrics = metrics
    self.readsLabels = readsLabels
  }

  private enum CodingKeys: String, CodingKey {
    case template, columns, metrics
    case spacesPunctuation = "spaces_punctuation"
    case readsLabels = "reads_labels"
  }

  /// Reads a description; one of before there was a choice reads no labels.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    template = try values.decode(TextTemplate.self, forKey: .template)
    columns = try values.decode([String: String].self, forKey: .columns)
    spacesPunctuation = try values.decode(Bool.self, forKey: .spacesPunctuation)
    metrics = try values.decode([TextMetric].self, forKey: .metrics)
    readsLabels = try values.decodeIfPresent(Bool.self, forKey: .readsLabels) ?? false
  }
}

extension TextToTextDescription {
  /// Any text for any text, from the columns `input` and `target`.
  static var free: TextToTextDescription {
    let preset = TextToTextPreset.free
    return TextToTextDescription(template: preset.template, metrics: preset.metrics)
  }
}

extension TaskDescription {
  /// The text-to-text form of a preset, as T5 casts it, or nil if there is none of that name.
  ///
  /// | names | input | targets |
  /// | --- | --- | --- |
  /// | `boolq` | `boolq passage: … question: …` | False, True |
  /// | `cb` | `cb hypothesis: … premise: …` | entailment, contradiction, neutral |
  /// | `copa` | `copa choice1: … choice2: … premise: … question: …` | choice1, choice2 |
  /// | `multirc` | `multirc question: … answer: … paragraph: …`, for each answer | False, True |
  /// | `record` | `record query: … entities: …, … passage: …` | an entity |
  /// | `rte` | `rte hypothesis: … premise: …` | entailment, not_entailment |
  /// | `wic` | `wic sentence1: … sentence2: … word: …` | False, True |
  /// | `wsc` | `wsc: …` with the pronoun between asterisks | what it refers to |
  /// | `cola`, `sst2` | `sst2 sentence: …` | unacceptable, acceptable; negative, positive |
  /// | `mrpc`, `wnli` | `mrpc sentence1: … sentence2: …` | not_equivalent, equivalent; … |
  /// | `qqp` | `qqp question1: … question2: …` | not_duplicate, duplicate |
  /// | `stsb` | `stsb sentence1: … sentence2: …` | 0.0, 0.2 … 5.0 |
  /// | `mnli` | `mnli hypothesis: … premise: …` | entailment, neutral, contradiction |
  /// | `qnli` | `qnli question: … sentence: …` | entailment, not_entailment |
  /// | `squad` | `question: … context: …`, punctuation spaced | an answer |
  /// | `squad-v2` | the same | an answer, or `unanswerable` |
  /// | `summarization` | `summarize: …` | the summary |
  /// | `e2e` | `e2e: name : … \| area : …` | a sentence |
  /// | `text-to-text` | the column `input` | the column `target` |
  ///
  /// - Parameters:
  ///   - name: The preset's name.
  ///   - isNamed: Whether the input starts with the task's name, as T5's does, which was trained on
  ///     many tasks; prompt tuning leaves it out.
  /// - Returns: The description with its labels in the order of the published data sets.
  public static func textToText(_ name: String, isNamed: Bool = true) -> TaskDescription? {
    guard let preset = TextToTextPreset(rawValue: name) else { return nil }
    let template = preset.template
    let text = TextToTextDescription(
      template: isNamed || !preset.hasName ? template : template.withoutName,
      spacesPunctuation: preset.isQuestionAnswering, metrics: preset.metrics)
    return TaskDescription(
      kind: .textToText, preset: preset == .free ? nil : name, labels: preset.labels, metrics: [],
      text: text)
  }

  /// Any text for any text, from the columns `input` and `target`.
  public static var freeText: TaskDescription {
    TaskDescription(kind: .textToText, metrics: [], text: .free)
  }

  /// A label for a text, the label itself being the answer that is written: from the columns `text`
  /// and `label`, the labels being those of the training data.
  public static var labelsAsTexts: TaskDescription {
    TaskDescription(
      kind: .textToText, metrics: [],
      text: TextToTextDescription(
        template: TextTemplate(name: "", text: "text"), columns: [:],
        metrics: [.accuracy, .macroF1], readsLabels: true))
  }

  /// All names that ``textToText(_:isNamed:)`` knows, for messages and help.
  public static let textToTextNames = TextToTextPreset.allCases.map(\.rawValue)
}
