// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

extension TaskDescription.Kind {
  /// One label for two spans of a text, or of two texts.
  public static let spanPairClassification = Self(rawValue: "span-pair-classification")
}

extension SpanPairClassification {
  /// The kind's own name, and public data sets whose columns are known.
  public static let presetNames = [name.rawValue] + [SpanPairPreset.wic, .wsc].map(\.rawValue)

  /// The one whose examples have two texts.
  public static let pairPresetNames: Set<String> = [SpanPairPreset.wic.rawValue]

  /// The description of a task.
  ///
  /// | name | texts and spans | labels | metrics |
  /// | --- | --- | --- | --- |
  /// | `span-pair-classification` | one text or two, and what `Span` says | any | accuracy, macro F1 |
  /// | `wic` | two sentences and the word in each | false, true | accuracy |
  /// | `wsc` | a text, what a pronoun may refer to, and the pronoun | false, true | accuracy |
  public static func preset(_ name: String, isNamed: Bool) -> TaskDescription? {
    guard let preset = SpanPairPreset(rawValue: name) else { return nil }
    return preset == .free
      ? TaskDescription(kind: Self.name, metrics: [.accuracy, .macroF1])
      : TaskDescription(kind: Self.name, preset: name, metrics: [.accuracy])
  }

  /// Which data set the task is known from.
  var preset: SpanPairPreset { task.preset.flatMap(SpanPairPreset.init) ?? .free }

  /// The texts, and all that may say where the spans are.
  public var queryColumns: [QueryColumn] {
    let (text, pair) = (task.fields.text, task.fields.pair)
    let texts = [QueryColumn(Self.text, spellings: (text.map { [$0] } ?? []) + preset.texts)]
    let pairs = (pair.map { [$0] } ?? []) + preset.pairs
    let spans = Span.columns.map { QueryColumn($0, takesAnyValue: true, isNamed: false) }
    return texts
      + (pairs.isEmpty
        ? [] : [QueryColumn(Self.pair, spellings: pairs, isNamed: preset == .wic)])
      + spans + [QueryColumn(Self.target, takesAnyValue: true, isNamed: false)]
  }

  static let (text, pair, target) = ("text", "pair", "target")

  /// A query's texts and where the spans are in them.
  ///
  /// - Throws: ``TextProblem`` if they are not there.
  public func question(of query: Query) throws(TextProblem) -> Question {
    let columns = query.columns.merging(Self.nested(in: query)) { own, _ in own }
    let text = columns[Self.text] ?? query.text
    let pair = preset == .wsc ? query.pair : columns[Self.pair] ?? query.pair
    do {
      let spans = [
        try Span.range(1, of: text) { columns[$0] },
        try Span.range(2, of: pair ?? text) { columns[$0] },
      ]
      return Question(text, pair, spans: spans)
    } catch { throw .unfitSpan(error.reason) }
  }

  // WSC's own lines have the spans in an object.
  private static func nested(in query: Query) -> [String: String] {
    guard let spelled = query.columns[target],
      let members = try? SpelledJSON(Array(spelled.utf8)).members
    else { return [:] }
    return Dictionary(members.map { ($0.key, $0.value.string ?? $0.value.spelling) }) { $1 }
  }
}
