// SPDX-License-Identifier: Apache-2.0

/// How answers are looked for in texts.
public struct SpanDescription: Codable, Sendable, Equatable {
  /// How many tokens two windows of a long text share; nil for a third of what a row may have.
  public var overlap: Int?
  /// The most tokens of an answer.
  public var maximumAnswerLength: Int
  /// Whether a text may have no answer.
  public var allowsNoAnswer: Bool

  private enum CodingKeys: String, CodingKey {
    case overlap
    case maximumAnswerLength = "maximum_answer_length"
    case allowsNoAnswer = "allows_no_answer"
  }

  /// A description from its parts.
  public init(
    overlap: Int? = nil, maximumAnswerLength: Int = 30, allowsNoAnswer: Bool = false
  ) {
    self.overlap = overlap
    self.maximumAnswerLength = maximumAnswerLength
    self.allowsNoAnswer = allowsNoAnswer
  }
}
