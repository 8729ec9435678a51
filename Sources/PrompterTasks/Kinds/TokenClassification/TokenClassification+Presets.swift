// SPDX-License-Identifier: Apache-2.0

extension TokenClassification {
  /// The kind's own name, and public data sets whose columns are known.
  public static let presetNames = [name.rawValue] + presets.map(\.name)

  /// Those whose examples have a predicate beside their text.
  public static let pairPresetNames: Set<String> = ["conll05", "conll12"]

  // Of CoNLL-2012's columns the fourth has words and the eleventh names; arguments follow.
  private static let presets: [(name: String, tagging: TaggingDescription)] = [
    ("conll03", TaggingDescription()),
    ("conll04", TaggingDescription()),
    ("ontonotes", TaggingDescription(wordColumn: 4, tagColumn: 11)),
    ("conll05", TaggingDescription(marksPredicate: true)),
    ("conll12", TaggingDescription(wordColumn: 4, marksPredicate: true)),
  ]

  /// The description of a task.
  ///
  /// | name | words | tags |
  /// | --- | --- | --- |
  /// | `token-classification` | the first column, or `tokens` or `words` | the last column, or `ner_tags`, `tags` or `labels` |
  /// | `conll03`, `conll04` | the same | names |
  /// | `ontonotes` | the fourth column | names in brackets, in the eleventh |
  /// | `conll05` | the first column | a predicate's arguments in brackets, in a column for each |
  /// | `conll12` | the fourth column | the same |
  ///
  /// The metrics are F1, precision and recall of names and the accuracy of tags; of tags that are
  /// of single words the accuracy and the macro F1.
  public static func preset(_ name: String, isNamed: Bool) -> TaskDescription? {
    let isOwn = name == Self.name.rawValue
    guard
      let preset = presets.first(where: { $0.name == name })
        ?? (isOwn ? (name, TaggingDescription()) : nil)
    else { return nil }
    var task = TaskDescription(
      kind: Self.name, preset: isOwn ? nil : name, metrics: TagMetric.ofSpans,
      tagging: preset.tagging)
    if preset.tagging.marksPredicate { task.fields.pair = "predicate" }
    return task
  }
}
