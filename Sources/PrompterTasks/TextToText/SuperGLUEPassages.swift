// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A line of MultiRC: a passage, its questions, and for each some answers, right and wrong.
private struct MultiRCLine: Decodable {
  struct Passage: Decodable {
    let text: String
    let questions: [Question]
  }
  struct Question: Decodable {
    let question: String
    let answers: [Answer]
  }
  struct Answer: Decodable {
    let text: String
    let label: Int?
  }
  let passage: Passage
}

/// A line of ReCoRD: a passage, where its entities are, and queries with a gap that one fills.
private struct ReCoRDLine: Decodable {
  struct Passage: Decodable {
    let text: String
    let entities: [Span]
  }
  struct Span: Decodable {
    let start: Int
    let end: Int
  }
  struct Query: Decodable {
    let query: String
    let answers: [Answer]?
  }
  struct Answer: Decodable {
    let text: String
  }
  let passage: Passage
  let qas: [Query]
}

extension TextToTextReader {
  /// MultiRC: whether an answer to a question on a paragraph is right, for each answer.
  func multiRCExamples(in objects: JSONObjects) throws -> [TextToTextExample] {
    var examples: [TextToTextExample] = []
    for place in try objects.places() where examples.count < limit {
      let passage = try objects.decode(place, MultiRCLine.self).passage
      var values = ["paragraph": Self.withoutMarkup(passage.text)]
      for (number, question) in passage.questions.enumerated() {
        values["question"] = Self.withoutMarkup(question.question)
        for answer in question.answers {
          values["answer"] = Self.withoutMarkup(answer.text)
          let target = try answer.label.flatMap {
            try spelling.target(of: String($0), line: place.line)
          }
          examples.append(
            example(
              values, targets: target.map { [$0] } ?? [], group: "\(place.line)-\(number)",
              line: place.line))
        }
      }
    }
    return examples
  }

  // The breaks and bold numbers that some passages are written with.
  private static func withoutMarkup(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "<")) else { return text }
    return text.replacing("<br>", with: " ").replacing("<b>", with: "").replacing("</b>", with: "")
  }

  /// ReCoRD: the entity of a passage that fills a query's gap.
  func recordExamples(in objects: JSONObjects) throws -> [TextToTextExample] {
    var examples: [TextToTextExample] = []
    for place in try objects.places() where examples.count < limit {
      let line = try objects.decode(place, ReCoRDLine.self)
      let scalars = Array(line.passage.text.unicodeScalars)
      let entities = try Self.distinct(
        line.passage.entities.map { span in
          guard span.start >= 0, span.start <= span.end, span.end < scalars.count else {
            throw DataError.malformedExample(
              file: file, line: place.line,
              reason: "an entity at \(span.start) to \(span.end) is outside the passage")
          }
          var text = String.UnicodeScalarView()
          text.append(contentsOf: scalars[span.start...span.end])
          return String(text)
        })
      let passage = Self.joiningHighlights(of: line.passage.text)
      for query in line.qas {
        let values = [
          "query": query.query, "entities": entities.joined(separator: ", "), "passage": passage,
        ]
        let answers = Self.distinct((query.answers ?? []).map(\.text))
        examples += recordExamples(values, answers, entities, line: place.line)
      }
    }
    return examples
  }

  private func recordExamples(
    _ values: [String: String], _ answers: [String], _ entities: [String], line: Int
  ) -> [TextToTextExample] {
    let isSplit = purpose == .training && !answers.isEmpty
    return (isSplit ? answers.map { [$0] } : [answers]).map {
      example(values, targets: $0, choices: entities, line: line)
    }
  }

  // Each text once, in the order of their code points.
  private static func distinct(_ texts: [String]) -> [String] {
    Set(texts).sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
  }

  // A highlight follows its passage as a sentence would.
  private static func joiningHighlights(of passage: String) -> String {
    var parts = passage.components(separatedBy: "\n@highlight\n")
    for index in parts.indices.dropLast() {
      let isSentence = parts[index].last.map { ".?!\"'".contains($0) } ?? false
      parts[index] += isSentence ? " " : ". "
    }
    return parts.joined()
  }
}
