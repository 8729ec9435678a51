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

  private let table = """
    text,span1_index,span2_index,span1_text,span2_text,idx,label
    "Tom said he left, he did.",0,4,Tom,he,0,1
    "Bo met Al, as he knew.",2,4,Al,he,1,0

    """

  @Test func `flat copies mark the pronoun that their spans say`() throws {
    let read = try textExamples(of: table, as: .commaSeparated, "wsc")
    #expect(
      read.map(\.input) == ["wsc: Tom said he left, *he* did.", "wsc: Bo met Al, as *he* knew."])
    #expect(read.map(\.targets) == [["Tom"], ["Al"]])
    #expect(read.map(\.isTrue) == [true, false])
    #expect(try textExamples(of: table, as: .commaSeparated, "wsc", for: .training).count == 1)
    let row =
      #"{"text": "Tom said he left.", "span1_index": 0, "span2_index": 2, "span1_text": "Tom", "#
      + #""span2_text": "he", "idx": 0, "label": 1}"#
    // A column that only has the name of SuperGLUE's object changes nothing.
    for row in [row, row.replacing(#""idx""#, with: #""target": "x", "idx""#)] {
      #expect(
        try textExamples(of: row, as: .jsonLines, "wsc").map(\.input)
          == ["wsc: Tom said *he* left."])
    }
  }

  @Test func `flat copies without spans are refused`() {
    #expect(
      complaint { try textExamples(of: "text,label\na he,1\n", as: .commaSeparated, "wsc") }
        .hasPrefix("data has no column for the span1_text"))
    let odd = table.replacing(",0,4,", with: ",0,x,")
    #expect(
      complaint { try textExamples(of: odd, as: .commaSeparated, "wsc") }
        == "data, line 2: the field \"span2_index\" should be a whole number.")
  }

  @Test(arguments: [Int.max, Int.min, -5])
  func `an index of any size does no harm`(index: Int) throws {
    let read = try textExamples(of: line("he ran", "he", at: index), as: .jsonLines, "wsc")
    #expect(read.map(\.input) == ["wsc: *he* ran"])
  }

  @Test func `marks that combine take time in proportion to their length`() throws {
    let marks = String(repeating: "\u{301}\u{316}", count: 50_000)
    let text = line("a\(marks) \(marks) he", "he", at: 0)
    let time = try ContinuousClock().measure {
      _ = try textExamples(of: text, as: .jsonLines, "wsc")
    }
    #expect(time < .seconds(4))
  }
}
