// SPDX-License-Identifier: Apache-2.0

/// Why a text cannot be read under a prompt.
public enum TextProblem: Error, Equatable, Sendable, CustomStringConvertible {
  /// The text has no tokens, and the tokenizer adds none.
  case noTokens
  /// A token belongs to a segment that the backbone does not know.
  case segment(Int, limit: Int)
  /// The prompt answers pairs, and there is one text.
  case noPair
  /// The prompt answers single texts, and there are two.
  case isPair
  /// A column of the prompt's template has no value.
  case noColumn(String)
  /// A column of a query holds something else than it should.
  case unfitColumn(String, expected: String)
  /// What marks a part of the text does not fit it.
  case unfitSpan(String)
  /// The tokens that cannot be left out are more than there is room for.
  case tooLong(tokens: Int, room: Int)
  /// Nothing of a text that is read in windows fits beside the tokens that each window has.
  case noWindow(room: Int)

  /// Part of a sentence with what was found and what was expected.
  public var description: String {
    switch self {
    case .noTokens:
      "the text has no tokens, and the model's tokenizer adds no special ones"
    case .segment(let segment, let limit):
      "a token of the text, or of its pair, is in segment \(segment); the model's "
        + "`type_vocab_size` is \(limit)"
    case .noPair:
      "it answers pairs of texts, and there is no second text"
    case .isPair:
      "it answers single texts, and there is a second one"
    case .noColumn(let name):
      "the column `\(name)` of its template is not given"
    case .unfitColumn(let name, let expected):
      "the column `\(name)` should hold \(expected)"
    case .unfitSpan(let reason): reason
    case .tooLong(let tokens, let room):
      "the text has \(tokens) tokens, special ones included, and the model has room for \(room)"
    case .noWindow(let room):
      "the text is read in windows of \(room) tokens, and what stands in each of them leaves none "
        + "to it"
    }
  }
}
