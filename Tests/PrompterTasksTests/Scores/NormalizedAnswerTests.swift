// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct NormalizedAnswerTests {
  @Test(arguments: [
    ("The  Cat's, hat!", "cats hat"), ("an A-team", "ateam"), ("A", ""), ("the_end", "theend"),
    ("foo–the–bar", "foo– –bar"), ("theme of a then", "theme of then"), ("$1.5", "15"),
    ("É Ünï", "é ünï"), ("  \t\n ", ""), ("the2 a2", "the2 a2"),
  ])
  func `case, punctuation and articles do not count`(answer: String, words: String) {
    #expect(
      NormalizedAnswer.words(of: answer) == words.split(separator: " ").map(String.init))
  }

  private static let answers: [(output: String, targets: [String], score: Double)] = [
    ("the big cat", ["cat"], 0.666_666_666_667), ("cat", ["dog", "a cat"], 1),
    ("cat cat", ["cat dog"], 0.5), ("dog", ["cat"], 0), ("", ["the"], 0), ("x", [], 0),
  ]

  @Test(arguments: answers.indices)
  func `the F1 of words is SQuAD's`(_ index: Int) {
    let (output, targets, score) = Self.answers[index]
    #expect(abs(TokenF1.highest(of: output, targets) - score) < 1e-10)
  }
}
