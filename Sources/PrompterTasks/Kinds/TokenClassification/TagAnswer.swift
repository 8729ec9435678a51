// SPDX-License-Identifier: Apache-2.0

internal import Foundation
public import PrompterJSON

/// The tags of a text's words, and what words make together.
///
/// Places are counted in Unicode scalars of the text, as Python counts: of the text as it came, or
/// of the words given with a blank between any two.
public struct TagAnswer: Answer {
  /// A word with its likeliest tag.
  public struct Word: Sendable, Equatable {
    /// The word.
    public let text: String
    /// Where it is in the text.
    public let range: Range<Int>
    /// Its tag.
    public let tag: String
    /// How probable that is.
    public let probability: Double
  }

  /// Words that belong together, such as a name.
  public struct Entity: Sendable, Equatable {
    /// What they are.
    public let type: String
    /// The text from the first word to the last.
    public let text: String
    /// Where it is in the text.
    public let range: Range<Int>
    /// Its words, by their numbers.
    public let words: Range<Int>
    /// That all tags of its words are right, if each is for itself.
    public let probability: Double
  }

  /// The words in their order.
  public let words: [Word]
  /// What they make together; nil in tasks whose tags say nothing of that.
  public let entities: [Entity]?

  init(
    logits: some Collection<[Float]>, of question: Question, labels: [String], tags: TagSet,
    temperature: Temperature
  ) {
    let scalars = Array(question.text.unicodeScalars)
    func text(_ range: Range<Int>) -> String {
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars[range])
      return String(text)
    }
    let found = logits.map { LabelAnswer(logits: $0, of: labels, temperature: temperature) }
    let words = zip(question.words, found).map { range, answer in
      Word(
        text: text(range), range: range, tag: answer.text, probability: answer.probability ?? 0)
    }
    self.words = words
    guard tags.hasSpans else {
      entities = nil
      return
    }
    entities = tags.spans(of: found.map(\.index)).map { span in
      let own = words[span.words]
      let range =
        own[span.words.lowerBound].range
        .lowerBound..<own[span.words.upperBound - 1].range.upperBound
      return Entity(
        type: tags.types[span.type], text: text(range), range: range, words: span.words,
        probability: own.reduce(1) { $0 * $1.probability })
    }
  }

  /// The tags in the words' order, between blanks.
  public var text: String { words.map(\.tag).joined(separator: " ") }

  /// That all of them are right, if each is for itself; nil without words.
  public var probability: Double? {
    words.isEmpty ? nil : words.reduce(1) { $0 * $1.probability }
  }

  /// `entities`, each with its `type`, `text`, `start`, `end` and `probability`; and `words`,
  /// `tags`, `offsets` and `probabilities`, of which each has an element for each word.
  public func members(top: Int?) -> [JSONValue.Member] {
    func member(_ name: String, _ values: [JSONValue]) -> JSONValue.Member {
      JSONValue.Member(name: name, value: .array(values))
    }
    let own = entities.map { entities in
      member(
        "entities",
        entities.map { entity in
          [
            "type": .string(entity.type), "text": .string(entity.text),
            "start": .integer(entity.range.lowerBound), "end": .integer(entity.range.upperBound),
            "probability": .number(entity.probability),
          ]
        })
    }
    return (own.map { [$0] } ?? []) + [
      member("tokens", words.map { .string($0.text) }),
      member("tags", words.map { .string($0.tag) }),
      member("offsets", words.map { JSONValue([$0.range.lowerBound, $0.range.upperBound]) }),
      member("probabilities", words.map { .number($0.probability) }),
    ]
  }

  /// The entities, or else the words with their tags.
  public var table: AnswerTable? {
    if let entities {
      return AnswerTable(
        columns: ["Entity", "Text", "Start", "End", "Probability"],
        rows: entities.map {
          [
            .text($0.type), .text($0.text), .count($0.range.lowerBound),
            .count($0.range.upperBound), .share($0.probability),
          ]
        })
    }
    return AnswerTable(
      columns: ["Word", "Tag", "Probability"],
      rows: words.map { [.text($0.text), .text($0.tag), .share($0.probability)] })
  }
}
