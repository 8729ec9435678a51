// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTokenizer
import Testing

@testable import PrompterTasks

/// What tests of tagging share.
enum Tagging {
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures")

  static func task(
    _ preset: String = "token-classification", change: (inout TaskDescription) -> Void = { _ in }
  ) throws -> TaskDescription {
    var task = try #require(TaskDescription.preset(preset))
    change(&task)
    return task
  }

  /// Reads a text as a file of a name.
  static func sentences(
    _ text: String, _ name: String = "data.conll", task: TaskDescription? = nil,
    form: FileForm = FileForm(), requiresAnswers: Bool = true, limit: Int? = nil
  ) throws -> TaggedDataset {
    try TaggedDataset(
      Array(text.utf8),
      of: ExampleFile(
        URL(filePath: name, relativeTo: URL(filePath: "/")), form: form,
        requiresAnswers: requiresAnswers, limit: limit),
      task: task ?? self.task())
  }

  /// The kind with what a data set's tags tell.
  static func kind(_ examples: TaggedDataset, _ task: TaskDescription? = nil) throws
    -> TokenClassification
  {
    TokenClassification(try TokenClassification(task ?? self.task()).completed(by: examples))
  }

  static func dataset(_ texts: [(words: String, tags: String)]) -> TaggedDataset {
    func parts(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
    return TaggedDataset(
      examples: texts.enumerated().map {
        TaggedSentence(words: parts($1.words), tags: parts($1.tags), line: $0 + 1)
      }, url: URL(filePath: "data", relativeTo: URL(filePath: "/")))
  }

  static func answers(_ tags: [String]) -> [Evaluation.Answer] {
    tags.map { Evaluation.Answer(text: $0, probability: 0.5) }
  }

  private static let tokenizer = Result {
    try WordPieceTokenizer(contentsOf: fixtures.appending(path: "tokenizer"))
  }

  /// Reads words as BERT does, whatever the number of positions.
  static func reader(maximumLength: Int = 512) throws -> TextReader {
    TextReader(
      tokenizer: try tokenizer.get(), maximumLength: maximumLength,
      within: TextLimits(segments: 2, room: nil))
  }
}
