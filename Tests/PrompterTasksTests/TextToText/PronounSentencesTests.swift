// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct PronounSentencesTests {
  private func line(
    _ text: String, _ pronoun: String, at index: Int, _ label: String? = "true"
  ) -> String {
    "{\"text\": \"\(text)\", \"target\": {\"span1_text\": \"Tom\", \"span1_index\": 0, "
      + "\"span2_text\": \"\(pronoun)\", \"span2_index\": \(index)}, "
      + (label.map { "\"label\": \($0), " } ?? "") + "\"idx\": 0}"
  }

  @Test func `the pronoun stands between asterisks and the span is the answer`() throws {
    let text = line("Tom knew he won because he ran.", "he", at: 5)
    let read = try textExamples(of: text, as: .jsonLines, "wsc")
    #expect(read.map(\.input) == ["wsc: Tom knew he won because *he* ran."])
    #expect(read.map(\.targets) == [["Tom"]])
    #expect(read.map(\.isTrue) == [true])
  }

  @Test(arguments: [
    ("Good for him, he said", "him", 2, "wsc: Good for *him*, he said"),
    ("to use it , but", "it", 1, "wsc: to use *it* , but"),
    ("He said him he", "he", 9, "wsc: He said him *he*"),
    ("the item and it", "it", 1, "wsc: the item and *it*"),
  ])
  func `indices that are off and marks that are attached do no harm`(
    text: String, pronoun: String, index: Int, input: String
  ) throws {
    let read = try textExamples(
      of: line(text, pronoun, at: index), as: .jsonLines, "wsc")
    #expect(read.map(\.input) == [input])
  }

  @Test func `only true sentences are learnt from`() throws {
    let text = ["false", "true", "false"].map { line("he x", "he", at: 0, $0) }
      .joined(separator: "\n")
    #expect(
      try textExamples(of: text, as: .jsonLines, "wsc", for: .training).map(\.line) == [2])
    #expect(
      try textExamples(of: text, as: .jsonLines, "wsc").map(\.isTrue) == [false, true, false])
  }

  @Test func `a sentence without its pronoun or its label is refused`() throws {
    #expect(
      complaint { try textExamples(of: line("a b", "he", at: 0), as: .jsonLines, "wsc") }
        == "data, line 1: the sentence has no word \"he\".")
    let bare = line("he x", "he", at: 0, nil)
    #expect(
      complaint { try textExamples(of: bare, as: .jsonLines, "wsc") }
        == "data, line 1 has no label, and one is needed here.")
    let read = try textExamples(of: bare, as: .jsonLines, "wsc", requireTargets: false)
    #expect(read.map(\.isTrue) == [nil])
  }
}
