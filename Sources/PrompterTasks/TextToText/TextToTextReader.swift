// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What to read from a file, and for what; the readers of nested files are extensions of this.
struct TextToTextReader {
  /// The path as messages name it.
  let file: String
  let preset: TextToTextPreset
  let text: TextToTextDescription
  let spelling: TargetSpelling
  let purpose: TextToTextDataset.Purpose
  let requireTargets: Bool
  let limit: Int

  init(
    file: String, task: TaskDescription, purpose: TextToTextDataset.Purpose,
    requireTargets: Bool, labelMap: [String: String] = [:], limit: Int
  ) throws {
    guard let text = task.text else {
      throw DataError.malformedTemplate(
        template: task.kind.rawValue, reason: "the task puts no texts")
    }
    self.file = file
    self.text = text
    preset = task.preset.flatMap(TextToTextPreset.init) ?? .free
    spelling = TargetSpelling(
      file: file, labels: task.labels, isSimilarity: preset == .stsb, map: labelMap)
    self.purpose = purpose
    self.requireTargets = requireTargets
    self.limit = limit
  }

  /// Reads the examples from the bytes of a file.
  func examples(
    in bytes: [UInt8], fileExtension: String, of url: URL
  ) throws -> [TextToTextExample] {
    if preset == .e2e, fileExtension == "txt" {
      return try checked(meaningExamples(inLines: bytes))
    }
    return try examples(in: bytes, format: DataFormat(of: url))
  }

  /// Reads the examples from the bytes of a file of a format.
  func examples(in bytes: [UInt8], format: DataFormat) throws -> [TextToTextExample] {
    try DataFormat.refuseUTF16(bytes, file: file)
    let isJSON = format == .json || format == .jsonLines
    let objects = JSONObjects(bytes, file: file, format: format)
    let examples: [TextToTextExample] =
      switch preset {
      case .multirc where isJSON: try multiRCExamples(in: objects)
      case .record where isJSON: try recordExamples(in: objects)
      case .wsc where isJSON: try pronounExamples(in: objects)
      case .squad where format == .json, .squadV2 where format == .json:
        try articleExamples(in: bytes)
      case .e2e: try meaningExamples(in: rows(in: bytes, format: format))
      default: try rows(in: bytes, format: format).flatMap(flatExamples)
      }
    return try checked(examples)
  }

  /// The first examples up to the limit, none without an answer where one is required.
  private func checked(_ examples: [TextToTextExample]) throws -> [TextToTextExample] {
    guard !examples.isEmpty || limit == 0 else { throw DataError.noExamples(file: file) }
    let examples = Array(examples.prefix(limit))
    if requireTargets, let bare = examples.first(where: { $0.targets.isEmpty }) {
      throw DataError.missingLabel(file: file, line: bare.line)
    }
    return examples
  }

  private func rows(in bytes: [UInt8], format: DataFormat) throws -> [TextRow] {
    let columns = text.template.columns.map { name in
      (name, text.columns[name].map { [$0] } ?? [name] + (preset.aliases[name] ?? []))
    }
    let reader = TextRowReader(
      file: file, columns: columns,
      targetNames: text.columns["target"].map { [$0] } ?? preset.targetNames,
      headerless: preset.headerless, requireTargets: requireTargets,
      limit: preset == .e2e ? .max : limit)
    return try reader.rows(in: bytes, format: format)
  }

  // One example, or one for each answer where several are to be learnt.
  private func flatExamples(of row: TextRow) throws -> [TextToTextExample] {
    let targets = try row.targets.compactMap { try spelling.target(of: $0, line: row.line) }
    let example = example(row.values, targets: targets, line: row.line)
    guard purpose == .training, targets.count > 1, !preset.isQuestionAnswering else {
      return [example]
    }
    return targets.map { target in
      var copy = example
      copy.targets = [spaced(target)]
      return copy
    }
  }

  /// An example of a template's columns.
  func example(
    _ values: [String: String], targets: [String], choices: [String] = [], group: String? = nil,
    isTrue: Bool? = nil, line: Int
  ) -> TextToTextExample {
    TextToTextExample(
      input: text.template.text(values.mapValues(spaced)), targets: targets.map(spaced),
      choices: choices, group: group, isTrue: isTrue, line: line)
  }

  private func spaced(_ value: String) -> String {
    text.spacesPunctuation ? value.spacingPunctuation() : value
  }
}

extension StringProtocol {
  /// Blanks around each ASCII punctuation mark, and one wherever there were several.
  ///
  /// So T5 puts questions, contexts and answers: "Who won?" becomes "Who won ?".
  package func spacingPunctuation() -> String {
    var words: [String] = []
    var word = ""
    func end() {
      if !word.isEmpty { words.append(word) }
      word = ""
    }
    for scalar in unicodeScalars {
      if scalar.properties.isWhitespace {
        end()
      } else if scalar.isASCIIPunctuation {
        end()
        words.append(String(scalar))
      } else {
        word.unicodeScalars.append(scalar)
      }
    }
    end()
    return words.joined(separator: " ")
  }
}

extension Unicode.Scalar {
  /// Whether this is one of the 32 marks of ASCII.
  var isASCIIPunctuation: Bool {
    switch value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
    default: false
    }
  }
}
