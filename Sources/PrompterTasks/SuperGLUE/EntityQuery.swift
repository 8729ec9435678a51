// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// A passage, its entities, and a sentence with a gap that one of them fills: an example of ReCoRD.
struct EntityQuery {
  /// What the gap is written as.
  static let gap: StaticString = "@placeholder"

  /// The sentence.
  var query: String
  /// The passage, its highlights as sentences after it.
  var passage: String
  /// Each entity once, in the order of code points.
  var entities: [String]
  /// Those that fill the gap, however they are written; empty where the file does not say.
  var answers: [String]
  var line: Int

  /// The queries of a line: of a passage with several, as SuperGLUE's own file has it, or of a flat
  /// row.
  ///
  /// - Throws: ``DataError`` for an entity that is outside of its passage.
  static func all(in row: JSONField, file: String, line: Int) throws -> [EntityQuery] {
    // A flat row has a query beside its passage.
    row.memberIfPresent("query") == nil
      ? try nested(row, file, line) : [try flat(row, line)]
  }

  /// Refuses a table.
  static func check(_ objects: JSONObjects) throws {
    guard objects.format.isJSON else {
      throw DataError.malformedExample(
        file: objects.file, line: 1,
        reason: "ReCoRD's entities and answers are lists, which a table does not have; it is read "
          + "from .jsonl or .json")
    }
  }

  private static func nested(
    _ row: JSONField, _ file: String, _ line: Int
  ) throws -> [EntityQuery] {
    let passage = try row.member("passage")
    let text = try passage.member("text").text()
    let entities = distinct(
      try entities(at: passage.member("entities").elements(), in: text, file, line))
    return try row.member("qas").elements().map { query in
      EntityQuery(
        query: try query.member("query").text(), passage: joiningHighlights(of: text),
        entities: entities,
        answers: distinct(
          try query.memberIfPresent("answers")?.elements().map { try $0.member("text").text() }
            ?? []), line: line)
    }
  }

  private static func flat(_ row: JSONField, _ line: Int) throws -> EntityQuery {
    EntityQuery(
      query: try row.member("query").text(),
      passage: joiningHighlights(of: try row.member("passage").text()),
      entities: distinct(try row.member("entities").texts()),
      answers: distinct(try row.memberIfPresent("answers")?.texts() ?? []), line: line)
  }

  // Spans may lie within each other, but all of them together are not much longer than the passage.
  private static func entities(
    at spans: [JSONField], in text: String, _ file: String, _ line: Int
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

  // Each text once, in the order of their code points.
  static func distinct(_ texts: [String]) -> [String] {
    Set(texts.map(UTF8Key.init)).sorted().map(\.text)
  }

  /// A passage whose highlights follow it as sentences would.
  static func joiningHighlights(of passage: String) -> String {
    var parts = passage.components(separatedByBytes: "\n@highlight\n")
    for index in parts.indices.dropLast() {
      let isSentence = parts[index].utf8.last.map { ".?!\"'".utf8.contains($0) } ?? false
      parts[index] += isSentence ? " " : ". "
    }
    return parts.joined()
  }
}
