// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Words with their tags.
public struct TaggedSentence: Sendable, Equatable {
  /// The words.
  public var words: [String]
  /// As many tags; nil without any.
  public var tags: [String]?
  /// The word whose arguments are tagged, in tasks that ask about one.
  public var predicate: String?
  /// The line of its file on which the first word stands, counted from 1.
  public var line: Int

  /// Whether each word has a line of its own, so that messages can name it.
  var hasLines = false

  /// Words from their parts.
  public init(
    words: [String], tags: [String]? = nil, predicate: String? = nil, line: Int = 1
  ) {
    (self.words, self.tags, self.predicate, self.line) = (words, tags, predicate, line)
  }

  /// The line on which a word stands.
  func line(ofWord index: Int) -> Int { hasLines ? line + index : line }

  /// The words with a blank between any two.
  public var text: String { words.joined(separator: " ") }

  /// Where each word is in the text, in Unicode scalars.
  public var ranges: [Range<Int>] {
    var start = 0
    return words.map { word in
      let count = word.unicodeScalars.count
      defer { start += count + 1 }
      return start..<start + count
    }
  }
}

/// The tagged words of one file, sentence by sentence.
public struct TaggedDataset: ExampleSet {
  /// The sentences, in the order of the file.
  public var examples: [TaggedSentence]

  /// The file that they come from, for messages.
  public let url: URL

  /// What of the file was not read.
  public private(set) var omissions: Omissions

  /// Sentences at hand.
  public init(examples: [TaggedSentence], url: URL) {
    self.init(examples: examples, url: url, omissions: Omissions())
  }

  init(examples: [TaggedSentence], url: URL, omissions: Omissions) {
    (self.examples, self.url, self.omissions) = (examples, url, omissions)
  }

  /// None: a query's text stands in a member of its own, whatever the words' column is called.
  public var columns: Fields? { nil }

  /// The words with a blank between any two, and the predicate.
  public func text(at index: Int) -> SourceText {
    let example = examples[index]
    return SourceText(text: example.text, pair: example.predicate, line: example.line)
  }

  /// The tags with a blank between any two.
  public func label(at index: Int) -> String? { examples[index].tags?.joined(separator: " ") }

  /// The tags.
  public func countedAnswers(at index: Int) -> [String] { examples[index].tags ?? [] }
}
