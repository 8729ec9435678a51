// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

extension TextToTextReader {
  /// MultiRC: whether an answer to a question on a paragraph is right, for each answer.
  ///
  /// A line is a passage, its questions, and for each some answers, right and wrong.
  func multiRCExamples(in objects: JSONObjects) throws -> [TextToTextExample] {
    var examples: [TextToTextExample] = []
    var budget = InputBudget(file: file, fileSize: objects.bytes.count)
    for place in try objects.places() where examples.count < limit {
      let passage = try objects.object(at: place).member("passage")
      var values = ["paragraph": Self.withoutMarkup(try passage.member("text").text())]
      for (number, question) in try passage.member("questions").elements().enumerated() {
        values["question"] = Self.withoutMarkup(try question.member("question").text())
        for answer in try question.member("answers").elements() {
          values["answer"] = Self.withoutMarkup(try answer.member("text").text())
          let target = try answer.memberIfPresent("label").flatMap {
            try spelling.target(of: $0.label(), line: place.line)
          }
          let example = example(
            values, targets: target.map { [$0] } ?? [], group: "\(place.line)-\(number)",
            line: place.line)
          try budget.add(example)
          examples.append(example)
        }
      }
    }
    return examples
  }

  /// The same of flat rows, one for each answer; those of one question are scored together.
  func multiRCExamples(inRows rows: [TextRow]) throws -> [TextToTextExample] {
    var groups: [[UTF8Key]: Int] = [:]
    return try rows.map { row in
      let target = try row.targets.first.flatMap { try spelling.target(of: $0, line: row.line) }
      let question = Self.question(of: row).map(UTF8Key.init)
      let group = groups[question] ?? groups.count
      groups[question] = group
      return example(
        row.values.mapValues(Self.withoutMarkup), targets: target.map { [$0] } ?? [],
        group: "question \(group)", line: row.line)
    }
  }

  // The numbers of paragraph and question, which the column `idx` of most copies has in an object,
  // or else their texts.
  private static func question(of row: TextRow) -> [String] {
    if let numbers = row.values["idx"],
      let paragraph = number(after: "paragraph", in: numbers),
      let question = number(after: "question", in: numbers)
    {
      return [paragraph, question]
    }
    return [row.values["paragraph"] ?? "", row.values["question"] ?? ""]
  }

  // As in {'paragraph': 3, 'question': 1}, whoever wrote the object.
  private static func number(after name: StaticString, in text: String) -> String? {
    guard let rest = text.split(atFirst: name)?.after.utf8.drop(while: { !(0x30...0x39 ~= $0) })
    else { return nil }
    let digits = rest.prefix { 0x30...0x39 ~= $0 }
    return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
  }

  // The breaks and bold numbers that some passages are written with.
  private static func withoutMarkup(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "<")) else { return text }
    return text.replacingBytes("<br>", with: " ").replacingBytes("<b>", with: "")
      .replacingBytes("</b>", with: "")
  }
}

/// A query of ReCoRD: a passage, its entities, and a sentence with a gap that one of them fills.
private struct EntityQuery {
  var query: String
  var passage: String
  var entities: [String]
  var answers: [String]
  var line: Int
}

extension TextToTextReader {
  /// ReCoRD: the entity of a passage that fills a query's gap.
  func recordExamples(in objects: JSONObjects) throws -> [TextToTextExample] {
    guard objects.format.isJSON else {
      throw DataError.malformedExample(
        file: file, line: 1,
        reason: "ReCoRD's entities and answers are lists, which a table does not have; it is read "
          + "from .jsonl or .json")
    }
    var examples: [TextToTextExample] = []
    var budget = InputBudget(file: file, fileSize: objects.bytes.count)
    for place in try objects.places() where examples.count < limit {
      let row = try objects.object(at: place)
      // A flat row has a query beside its passage.
      let isNested = row.memberIfPresent("query") == nil
      let queries =
        try isNested
        ? queries(ofNested: row, place.line) : [query(ofFlat: row, place.line)]
      for query in queries {
        for example in self.examples(of: query) {
          try budget.add(example)
          examples.append(example)
        }
      }
    }
    return examples
  }

  private func queries(ofNested row: JSONField, _ line: Int) throws -> [EntityQuery] {
    let passage = try row.member("passage")
    let text = try passage.member("text").text()
    let entities = Self.distinct(
      try self.entities(at: passage.member("entities").elements(), in: text, line: line))
    return try row.member("qas").elements().map { query in
      EntityQuery(
        query: try query.member("query").text(), passage: Self.joiningHighlights(of: text),
        entities: entities,
        answers: Self.distinct(
          try query.memberIfPresent("answers")?.elements().map { try $0.member("text").text() }
            ?? []), line: line)
    }
  }

  private func query(ofFlat row: JSONField, _ line: Int) throws -> EntityQuery {
    EntityQuery(
      query: try row.member("query").text(),
      passage: Self.joiningHighlights(of: try row.member("passage").text()),
      entities: Self.distinct(try row.member("entities").texts()),
      answers: Self.distinct(try row.memberIfPresent("answers")?.texts() ?? []), line: line)
  }

  // Spans may lie within each other, but all of them together are not much longer than the passage.
  private func entities(
    at spans: [JSONField], in text: String, line: Int
  ) throws -> [String] {
    let scalars = Array(text.unicodeScalars)
    var room = 16 * scalars.count + 1024
    return try spans.map { span in
      let (start, end) = (try span.member("start").integer(), try span.member("end").integer())
      guard start >= 0, start <= end, end < scalars.count else {
        throw DataError.malformedExample(
          file: file, line: line,
          reason: "an entity at \(start) to \(end) is outside the passage")
      }
      room -= end - start + 1
      guard room >= 0 else {
        throw DataError.malformedExample(
          file: file, line: line, reason: "the entities together are far longer than the passage")
      }
      return String(String.UnicodeScalarView(scalars[start...end]))
    }
  }

  private func examples(of query: EntityQuery) -> [TextToTextExample] {
    let values = [
      "query": query.query, "entities": query.entities.joined(separator: ", "),
      "passage": query.passage,
    ]
    let isSplit = purpose == .training && !query.answers.isEmpty
    return (isSplit ? query.answers.map { [$0] } : [query.answers]).map {
      example(values, targets: $0, choices: query.entities, line: query.line)
    }
  }

  // Each text once, in the order of their code points.
  private static func distinct(_ texts: [String]) -> [String] {
    Set(texts.map(UTF8Key.init)).sorted().map(\.text)
  }

  // A highlight follows its passage as a sentence would.
  private static func joiningHighlights(of passage: String) -> String {
    var parts = passage.components(separatedByBytes: "\n@highlight\n")
    for index in parts.indices.dropLast() {
      let isSentence = parts[index].utf8.last.map { ".?!\"'".utf8.contains($0) } ?? false
      parts[index] += isSentence ? " " : ". "
    }
    return parts.joined()
  }
}
