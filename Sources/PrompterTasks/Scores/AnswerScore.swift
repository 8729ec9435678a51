// SPDX-License-Identifier: Apache-2.0

/// How good an answer to a question is, as SQuAD's own programs score it.
///
/// Answers are compared without case, punctuation and articles, and the best of the right ones
/// counts. Where a text may have no answer it is the program of version 2.0: no answer is an empty
/// one, and right ones of which nothing is left do not count. Elsewhere it is that of 1.1, which
/// gives no F1 to answers without a common word, be both empty.
struct AnswerScore: Equatable {
  /// 1 if the answer is a right one, else 0.
  let exactMatch: Double
  /// F1 of its words.
  let f1: Double

  /// The score of an answer.
  ///
  /// - Parameters:
  ///   - answer: The answer; empty for none.
  ///   - right: The right ones; none where there is no answer.
  ///   - allowsNoAnswer: Whether that can be.
  init(of answer: String, _ right: [String], allowsNoAnswer: Bool) {
    let words = NormalizedAnswer.words(of: answer)
    var targets = right.map { NormalizedAnswer.words(of: $0) }
    if allowsNoAnswer {
      targets.removeAll(where: \.isEmpty)
      if targets.isEmpty { targets = [[]] }
    }
    exactMatch = targets.contains { $0.elementsEqual(words) { $0.reads(as: $1) } } ? 1 : 0
    f1 =
      targets.map { target in
        allowsNoAnswer && (target.isEmpty || words.isEmpty)
          ? (target.isEmpty && words.isEmpty ? 1 : 0) : TokenF1.score(words, target)
      }.max() ?? 0
  }
}
