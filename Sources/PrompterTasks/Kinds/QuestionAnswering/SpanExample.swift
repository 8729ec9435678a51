// SPDX-License-Identifier: Apache-2.0

/// A question about a text that holds its answer, or may.
public struct SpanExample: Sendable, Equatable {
  /// An answer that counts as right.
  public struct Answer: Sendable, Equatable {
    /// The answer.
    public var text: String
    /// Its first Unicode scalar in the context; nil if it does not stand there.
    public var start: Int?

    /// An answer and its place.
    public init(text: String, start: Int? = nil) {
      (self.text, self.start) = (text, start)
    }

    /// The Unicode scalars of the context that it covers.
    var range: Range<Int>? { start.map { $0..<$0 + text.unicodeScalars.count } }
  }

  /// What is asked.
  public var question: String
  /// What holds the answer.
  public var context: String
  /// The answers that count as right: none where the context has none, nil where nobody says.
  public var answers: [Answer]?
  /// What identifies the question in its file.
  public var id: String?
  /// The line of its file on which the example, or the article that it is in, starts.
  public var line: Int

  /// An example from its parts.
  public init(
    question: String, context: String, answers: [Answer]?, id: String? = nil, line: Int = 1
  ) {
    self.question = question
    self.context = context
    self.answers = answers
    self.id = id
    self.line = line
  }

  /// Whether it is known to have no answer.
  public var isUnanswerable: Bool { answers?.isEmpty == true }

  /// The place of the first answer that has one.
  var span: Range<Int>? { answers?.lazy.compactMap(\.range).first }

  /// Whether something can be learnt of it: that there is no answer, or where it stands.
  var isLearnable: Bool { isUnanswerable || span != nil }
}
