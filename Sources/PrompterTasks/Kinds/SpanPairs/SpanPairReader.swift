// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The data sets of pairs of spans whose form is known.
enum SpanPairPreset: String {
  case wic, wsc
  case free = "span-pair-classification"

  /// What the first text is called in files.
  var texts: [String] {
    switch self {
    case .wic: ["sentence1"]
    case .wsc: ["text"]
    case .free: ["text", "sentence1", "sentence"]
    }
  }

  /// What the second one is called, of a data set that may have one.
  var pairs: [String] {
    switch self {
    case .wic: ["sentence2"]
    case .wsc: []
    case .free: ["pair", "sentence2"]
    }
  }
}

/// Reads pairs of spans from a file.
struct SpanPairReader {
  let source: ExampleFile
  let preset: SpanPairPreset
  let fields: Fields

  /// The path as messages name it.
  private var file: String { source.url.relativePath }

  private var pairs: [String] { fields.pair.map { [$0] } ?? preset.pairs }

  /// Reads the examples.
  ///
  /// - Throws: ``DataError`` with the first line that cannot be read.
  func examples(noting omissions: inout Omissions) throws -> [SpanPairExample] {
    let text = try source.text()
    try text.checkLabels(areRequired: source.requiresAnswers)
    let limit = source.mostExamples
    let examples =
      try pronounExamples(in: text, limit) ?? rows(in: text, limit, &omissions).map(example)
    guard !examples.isEmpty || limit == 0 else { throw DataError.noExamples(file: file) }
    return examples
  }

  private func rows(
    in text: DataText, _ limit: Int, _ omissions: inout Omissions
  ) throws -> [TextRow] {
    let reader = TextRowReader(
      file: file,
      columns: [("text", fields.text.map { [$0] } ?? preset.texts)]
        + (preset == .wic ? [("pair", pairs)] : []),
      extras: Span.columns + (preset == .free ? pairs : []),
      targetNames: fields.label.map { [$0] } ?? ["label"], targetRole: "label", headerless: nil,
      requireTargets: source.requiresAnswers, limit: limit, passesOverBadRows: preset != .free)
    return try reader.rows(in: text, &omissions)
  }

  private func example(of row: TextRow) throws -> SpanPairExample {
    let pair = (["pair"] + pairs).lazy.compactMap { row.values[$0] }.first
    return try example(
      row.values["text"] ?? "", preset == .wsc ? nil : pair, label: row.targets.first,
      line: row.line
    ) { row.values[$0] }
  }

  private func example(
    _ text: String, _ pair: String?, label: String?, line: Int, _ value: (String) -> String?
  ) throws -> SpanPairExample {
    let label = label.flatMap { $0.isEmpty ? nil : source.labelMap[$0] }
    guard label != nil || !source.requiresAnswers else {
      throw DataError.missingLabel(file: file, line: line)
    }
    do {
      let spans = [
        try Span.range(1, of: text, value), try Span.range(2, of: pair ?? text, value),
      ]
      return SpanPairExample(text: text, pair: pair, spans: spans, label: label, line: line)
    } catch {
      throw DataError.malformedExample(file: file, line: line, reason: error.reason)
    }
  }
}

// MARK: - Pronouns

extension SpanPairReader {
  /// WSC's sentences as SuperGLUE's own file has them; nil for another file.
  private func pronounExamples(in text: DataText, _ limit: Int) throws -> [SpanPairExample]? {
    let objects = JSONObjects(text.bytes, file: file, format: text.format)
    guard preset == .wsc, text.format.isJSON, try PronounSentence.areNested(in: objects) else {
      return nil
    }
    return try objects.places().prefix(limit).map { place in
      let row = try objects.object(at: place)
      let sentence = try PronounSentence(nested: row, line: place.line)
      return try example(
        sentence.text, nil, label: sentence.label, line: sentence.line
      ) { sentence.spanColumns[$0] }
    }
  }
}

extension PronounSentence {
  /// The spans as flat rows have them.
  fileprivate var spanColumns: [String: String] {
    var columns = [Span.text(1): span, Span.text(2): pronoun, Span.index(2): "\(pronounIndex)"]
    columns[Span.index(1)] = spanIndex.map { "\($0)" }
    return columns
  }
}
