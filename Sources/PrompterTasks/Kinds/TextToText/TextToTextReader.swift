// SPDX-License-Identifier: Apache-2.0

internal import struct Foundation.URL

/// What to read from a file, and for what; the readers of nested files are extensions of this.
struct TextToTextReader {
  /// The path as messages name it.
  let file: String
  let preset: TextToTextPreset
  let text: TextToTextDescription
  let spelling: TargetSpelling
  let purpose: ExamplePurpose
  let requireTargets: Bool
  let limit: Int
  /// How the file is written, as far as a user said.
  let form: FileForm

  init(
    file: String, task: TaskDescription, purpose: ExamplePurpose,
    requireTargets: Bool, labelMap: LabelMap = [:], form: FileForm = FileForm(), limit: Int
  ) throws {
    guard let text = task.text else {
      throw DataError.malformedTemplate(
        template: task.kind.rawValue, reason: "the task puts no texts")
    }
    self.file = file
    self.text = text
    preset = task.preset.flatMap(TextToTextPreset.init) ?? .free
    spelling = TargetSpelling(
      file: file, labels: task.labels, rules: preset.rules, map: labelMap)
    self.purpose = purpose
    self.requireTargets = requireTargets
    self.limit = limit
    self.form = form
  }

  /// Reads the examples from the bytes of a file.
  func examples(
    in bytes: [UInt8], of url: URL, noting omissions: inout Omissions
  ) throws -> [TextToTextExample] {
    if preset == .e2e, url.dataExtension == "txt", form.format == nil {
      let text = try DataText(bytes, format: .lines, form: form, file: file)
      return try checked(meaningExamples(inLines: text.bytes), &omissions)
    }
    var format = try form.format ?? DataFormat(of: url, preset: preset.rawValue)
    // The tables of STS-B from before GLUE are called .csv, and tabs separate their columns.
    if preset == .stsb, format == .commaSeparated, form.delimiter == nil, Self.hasTabs(bytes) {
      format = .tabSeparated
    }
    return try examples(in: bytes, format: format, noting: &omissions)
  }

  private static func hasTabs(_ bytes: [UInt8]) -> Bool {
    var lines = Lines(bytes)
    guard let first = lines.next() else { return false }
    return bytes[first.range].count { $0 == Byte.tab } >= 2
  }

  /// Reads the examples from the bytes of a file of a format; without one what is inside tells.
  func examples(
    in bytes: [UInt8], format: DataFormat?, noting omissions: inout Omissions
  ) throws -> [TextToTextExample] {
    let file = try DataText(bytes, format: format, form: form, file: self.file)
    try file.checkLabels(areRequired: requireTargets)
    let (bytes, format) = (file.bytes, file.format)
    let objects = JSONObjects(bytes, file: self.file, format: format)
    let isNested = try format.isJSON && hasNestedRows(objects)
    let examples: [TextToTextExample] =
      switch preset {
      case .multirc where isNested: try multiRCExamples(in: objects)
      case .multirc:
        try multiRCExamples(
          inRows: rows(
            in: file, needing: ["question", "paragraph"], extras: [JudgedAnswer.numbers], &omissions
          ))
      case .record: try recordExamples(in: objects)
      case .wsc where isNested: try pronounExamples(in: objects)
      case .wsc:
        try pronounExamples(
          inRows: rows(
            in: file, needing: PronounSentence.columns, extras: ["span2_index"], &omissions))
      case .squad where format == .json, .squadV2 where format == .json:
        try articleExamples(in: bytes)
      case .e2e: try meaningExamples(in: rows(in: file, &omissions))
      default: try rows(in: file, &omissions).flatMap(flatExamples)
      }
    return try checked(examples, &omissions)
  }

  private func hasNestedRows(_ objects: JSONObjects) throws -> Bool {
    switch preset {
    case .multirc: try JudgedAnswer.areNested(in: objects)
    case .wsc: try PronounSentence.areNested(in: objects)
    default: false
    }
  }

  /// The first examples up to the limit, none without an answer where one is required.
  private func checked(
    _ examples: [TextToTextExample], _ omissions: inout Omissions
  ) throws -> [TextToTextExample] {
    guard !examples.isEmpty || limit == 0 else { throw DataError.noExamples(file: file) }
    var examples = examples
    if requireTargets, preset.published.leavesOutUnlabelled,
      examples.contains(where: \.isAnswered)
    {
      for bare in examples where !bare.isAnswered { omissions.passOver(line: bare.line) }
      examples = examples.filter(\.isAnswered)
    }
    examples = Array(examples.prefix(limit))
    if requireTargets, let bare = examples.first(where: { !$0.isAnswered }) {
      throw DataError.missingLabel(file: file, line: bare.line)
    }
    return examples
  }

  private func rows(
    in file: DataText, needing names: [String] = [], extras: [String] = [],
    _ omissions: inout Omissions
  ) throws -> [TextRow] {
    let needed = text.template.columns + names.filter { !text.template.columns.contains($0) }
    // Columns that the file does not name are the text and its pair, whatever the template calls
    // them.
    let roles = file.hasGivenNames ? [["text"], ["pair"]] : []
    let columns = needed.enumerated().map { index, name in
      (
        name,
        text.spellings(of: name, preset) + (roles.indices.contains(index) ? roles[index] : [])
      )
    }
    let answers =
      (preset.isQuestionAnswering && file.format.isJSON ? ["answers"] : [])
      + (file.hasGivenNames ? ["label", "target"] : [])
    let reader = TextRowReader(
      file: self.file, columns: columns, extras: extras,
      targetNames: text.columns["target"].map { [$0] } ?? preset.targetNames + answers,
      headerless: preset.published.columns, requireTargets: requireTargets,
      limit: preset.readsAllRows ? .max : limit, passesOverBadRows: preset != .free)
    return try reader.rows(in: file, &omissions)
  }

  // One example, or one for each answer where several are to be learnt.
  private func flatExamples(of row: TextRow) throws -> [TextToTextExample] {
    let targets = try self.targets(of: row)
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

  private func targets(of row: TextRow) throws -> [String] {
    if preset == .squadV2, requireTargets, row.targets.isEmpty { return [Self.unanswerable] }
    var targets: [String] = []
    for spelled in row.targets {
      guard let target = try spelling.target(of: spelled, line: row.line) else { continue }
      // Several people answered each question, often alike.
      if preset.isQuestionAnswering, targets.contains(where: target.reads) { continue }
      targets.append(target)
    }
    return targets
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

extension TextToTextDescription {
  /// What files call a column of the template.
  fileprivate func spellings(of name: String, _ preset: TextToTextPreset) -> [String] {
    columns[name].map { [$0] } ?? [name] + (preset.aliases[name] ?? [])
  }
}

extension TextToText {
  /// The columns of the template, in its order.
  public var queryColumns: [QueryColumn] {
    guard let text = task.text else { return [] }
    let preset = task.preset.flatMap(TextToTextPreset.init) ?? .free
    return text.template.columns.map {
      QueryColumn($0, spellings: text.spellings(of: $0, preset))
    }
  }
}

extension TextToTextExample {
  fileprivate var isAnswered: Bool { !targets.isEmpty }
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
