// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct QuestionArticlesTests {
  private let text = #"""
    {"version": "v2.0", "data": [{"title": "t", "paragraphs": [
      {"context": "It cost $1.5, Bo said.", "qas": [
        {"id": "1", "question": "How much?", "answers": [
          {"text": "$1.5", "answer_start": 8}, {"text": "1.5", "answer_start": 9},
          {"text": "$1.5", "answer_start": 8}]},
        {"id": "2", "question": "Who won?", "answers": [], "is_impossible": true}]}]}]}
    """#

  @Test func `questions stand before their contexts, punctuation spaced`() throws {
    let read = try textExamples(of: text, as: .json, "squad-v2")
    #expect(
      read.map(\.input) == [
        "question: How much ? context: It cost $ 1 . 5 , Bo said .",
        "question: Who won ? context: It cost $ 1 . 5 , Bo said .",
      ])
    #expect(read.map(\.targets) == [["$ 1 . 5", "1 . 5"], ["unanswerable"]])
    #expect(read.map(\.line) == [1, 2])
    #expect(try textExamples(of: text, as: .json, "squad", limit: 1).count == 1)
  }

  @Test func `flat files of questions are read too`() throws {
    let row = #"{"question": "Who?", "context": "Bo.", "label": "Bo"}"#
    #expect(
      try textExamples(of: row, as: .jsonLines, "squad")
        == [TextToTextExample(input: "question: Who ? context: Bo .", targets: ["Bo"])])
  }

  @Test func `flat copies with lists of answers are read`() throws {
    let rows =
      #"{"question": "Who?", "context": "Bo.", "answers": {"text": ["Bo", "Bo"], "answer_start": [0, 0]}}"#
      + "\n"
      + #"{"question": "Why?", "context": "Bo.", "answers": {"text": [], "answer_start": []}}"#
    #expect(
      try textExamples(of: rows, as: .jsonLines, "squad-v2").map(\.targets)
        == [["Bo"], ["unanswerable"]])
    let table = "question,context,answers\nWho?,Bo.,\"{'text': ['Bo']}\"\n"
    #expect(
      complaint { try textExamples(of: table, as: .commaSeparated, "squad") }
        .hasPrefix("data has no column for the target"))
  }

  @Test func `what is missing is named by its path`() {
    #expect(
      complaint { try textExamples(of: #"{"data": [{"paragraphs": [{}]}]}"#, as: .json, "squad") }
        == "data, line 1 has no field \"data[0].paragraphs[0].context\".")
    #expect(
      complaint { try textExamples(of: "[]", as: .json, "squad") }
        == "data, line 1: a SQuAD file is an object with \"data\".")
    #expect(
      complaint { try textExamples(of: #"{"data": []}"#, as: .json, "squad") }
        == "data holds no examples.")
  }

  @Test(arguments: [
    ("a.b", "a . b"), ("  x \n y ", "x y"), ("\"(q)\"", "\" ( q ) \""), ("é–ü", "é–ü"), ("", ""),
  ])
  func `punctuation of ASCII is spaced, nothing else`(text: String, spaced: String) {
    #expect(text.spacingPunctuation() == spaced)
  }
}
