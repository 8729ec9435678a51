// SPDX-License-Identifier: Apache-2.0

/// A question to one of a predictor's prompts.
public struct Query: Sendable, Equatable {
  /// The text.
  public var text: String
  /// The second text of a pair.
  public var pair: String?
  /// What stands in other columns: those of a text-to-text task's template, choices, spans.
  ///
  /// Where this says nothing, the text stands in the first column and the pair in the second.
  public var columns: [String: String]
  /// The words of the text, where they are given and not found; then the text is these, a blank
  /// between any two.
  public var words: [String]
  /// The prompt's name; may be left out when there is one prompt only.
  public var task: String?

  /// A question about a text, or a pair of texts, or about named columns.
  public init(
    _ text: String = "", _ pair: String? = nil, columns: [String: String] = [:],
    words: [String] = [], task: String? = nil
  ) {
    self.text = text
    self.pair = pair
    self.columns = columns
    self.words = words
    self.task = task
  }
}

/// What a model reads of a query or an example, and the answers to choose among.
public struct Question: Sendable, Equatable {
  /// The text.
  public var text: String
  /// The second text of a pair.
  public var pair: String?
  /// The answers to choose among, if the question has its own.
  public var choices: [String]
  /// The parts that the question is about, in Unicode scalars of their texts; where there are two
  /// texts, one in each.
  public var spans: [Range<Int>]
  /// Where each word of the text is that is asked about, in Unicode scalars; none where words are
  /// not.
  public var words: [Range<Int>]

  /// A question about a text, or a pair.
  public init(
    _ text: String, _ pair: String? = nil, choices: [String] = [], spans: [Range<Int>] = [],
    words: [Range<Int>] = []
  ) {
    self.text = text
    self.pair = pair
    self.choices = choices
    self.spans = spans
    self.words = words
  }
}
