// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterTasks

@Suite struct SpanDatasetTests {
  private func read(
    _ text: String, _ name: String = "q.json", for purpose: ExamplePurpose = .training,
    fields: Fields = Fields(), requiresAnswers: Bool = true, limit: Int? = nil
  ) throws -> SpanDataset {
    try withFolder { folder in
      let url = folder.appending(component: name)
      try Data(text.utf8).write(to: url)
      return try SpanDataset(
        contentsOf: ExampleFile(url, requiresAnswers: requiresAnswers, limit: limit),
        fields: fields, for: purpose)
    }
  }

  private static let articles = #"""
    {"version": "v2.0", "data": [{"title": "t", "paragraphs": [
      {"context": "It cost $1.5, Bo said.", "qas": [
        {"id": "p", "question": "How much?", "answers": [
          {"text": "$1.5", "answer_start": 8}, {"text": "1.5", "answer_start": 9}]},
        {"id": "q", "question": "Who won?", "answers": [], "is_impossible": true},
        {"id": "r", "question": "Who lost?", "is_impossible": true,
         "answers": [{"text": "Bo", "answer_start": 14}]}]}]},
      {"title": "u", "paragraphs": [
      {"context": "Ann.", "qas": [{"id": "s", "question": "Who?", "answers":
        [{"text": "Ann", "answer_start": 0}]}]}]}]}
    """#

  @Test func `SQuAD's articles are read as they are published`() throws {
    let data = try read(Self.articles)
    #expect(
      data.examples.map(\.answers) == [
        [.init(text: "$1.5", start: 8), .init(text: "1.5", start: 9)], [], [],
        [.init(text: "Ann", start: 0)],
      ])
    #expect(data.examples.map(\.question) == ["How much?", "Who won?", "Who lost?", "Who?"])
    #expect(data.examples.map(\.line) == [1, 1, 1, 8])
    #expect(data.place(of: 3) == #"question "s""#)
    #expect(data.columns == Fields(text: "question", pair: "context", label: "answers"))
    #expect(data.omissions.remarks.isEmpty)
    #expect(try read(Self.articles, limit: 2).count == 2)
    #expect(data.group(at: 0) == data.group(at: 2) && data.group(at: 0) != data.group(at: 3))
  }

  @Test(arguments: [
    #"{"id": 7, "question": "Who?", "context": "A Bo.", "answers": {"text": ["Bo", "A"], "answer_start": [2, 0]}}"#,
    #"{"question": "Who?", "context": "A Bo.", "answers": [{"text": "Bo", "answer_start": 2}, {"text": "A", "answer_start": 0}]}"#,
    #"{"question": "Who?", "context": "A Bo.", "answers": ["Bo", "A"]}"#,
  ])
  func `rows are read in all the forms that they have`(row: String) throws {
    let data = try read(row, "q.jsonl")
    #expect(
      data.examples.map(\.answers)
        == [[.init(text: "Bo", start: 2), .init(text: "A", start: 0)]])
    #expect(data.place(of: 0) == "line 1")
  }

  @Test func `a row may have one answer, or none`() throws {
    let data = try read(
      #"{"question": "Who?", "context": "Bo, Bo.", "answer": "Bo", "answer_start": 4}"# + "\n"
        + #"{"question": "Why?", "context": "Bo.", "answer": ""}"#, "q.jsonl")
    #expect(data.examples.map(\.answers) == [[.init(text: "Bo", start: 4)], []])
    let none = try read(
      #"{"question": "Why?", "context": "Bo.", "answers": {"text": [], "answer_start": []}}"#,
      "q.jsonl")
    #expect(none.examples.map(\.answers) == [[]])
  }

  @Test func `tables are read, and columns are named`() throws {
    let table = "question,context,answer,answer_start\nWho?,\"Bo, Bo.\",Bo,4\nWhy?,Bo.,,\n"
    #expect(
      try read(table, "q.csv").examples.map(\.answers) == [[.init(text: "Bo", start: 4)], []])
    let named = try read(
      "q\tc\ta\nWho?\tBo.\tBo\n", "q.tsv", fields: Fields(text: "q", pair: "c", label: "a"))
    #expect(named.examples.map(\.answers) == [[.init(text: "Bo", start: 0)]])
    #expect(named.columns == Fields(text: "q", pair: "c", label: "a"))
    #expect(
      complaint { try read("q\tcontext\nWho?\tBo.\n", "q.tsv") }.contains(
        "has no column for the question (\"question\")"))
    #expect(
      complaint { try read(#"{"question": "Who?"}"#, "q.jsonl") }.contains(
        "has no column for the context (\"context\")"))
  }

  @Test func `an answer elsewhere than it should be is found and told`() throws {
    let data = try read(
      #"{"question": "Who?", "context": "A Bo.", "answers": [{"text": "Bo", "answer_start": 3}]}"#,
      "q.jsonl")
    #expect(data.examples.map(\.span) == [2..<4])
    #expect(
      data.omissions.remarks == [
        "1 question with an answer that does not stand where the file says, but elsewhere in the "
          + "context; the first is line 1"
      ])
  }

  @Test func `a question whose answers stand nowhere is not learnt, but scored`() throws {
    let text = #"""
      {"question": "Who?", "context": "A Bo.", "answers": ["Bo"]}
      {"question": "Who?", "context": "A Bo.", "answers": ["Ann"]}
      {"question": "Who?", "context": "A Bo.", "answers": ["Ann", "A"]}
      """#
    let training = try read(text, "q.jsonl")
    #expect(training.examples.map(\.line) == [1, 3])
    #expect(
      training.omissions.remarks == [
        "left out 1 question, none of whose answers stands in the context; the first is line 2"
      ])
    let evaluation = try read(text, "q.jsonl", for: .evaluation)
    #expect(evaluation.count == 3)
    #expect(evaluation.omissions.remarks.first?.contains("so that none can be found") == true)
    #expect(evaluation.examples[2].span == 0..<1)
  }

  @Test func `questions without answers are refused where answers are needed`() throws {
    let text = #"{"question": "Who?", "context": "Bo."}"#
    #expect(
      complaint { try read(text, "q.jsonl", for: .evaluation) }.hasSuffix(
        "q.jsonl, line 1: the question has no answers, and they are needed here."))
    let articles =
      #"{"data": [{"paragraphs": [{"context": "c", "qas": [{"id": "z", "question": "?"}]}]}]}"#
    #expect(
      complaint { try read(articles) }.hasSuffix(
        #"question "z": the question has no answers, and they are needed here."#))
    #expect(try read(text, "q.jsonl", requiresAnswers: false).examples.map(\.answers) == [nil])
    #expect(complaint { try read("[]") }.hasSuffix("holds no examples."))
  }

  @Test func `ids that stand twice are told`() throws {
    let row = #"{"id": "a", "question": "Who?", "context": "Bo.", "answers": ["Bo"]}"#
    let data = try read(row + "\n" + row, "q.jsonl")
    #expect(data.count == 2)
    #expect(
      data.omissions.remarks == [
        "1 question with an id that another has too, each scored by itself; the first is line 2"
      ])
  }

  @Test func `what is missing is named`() {
    #expect(
      complaint { try read(#"{"data": [{"paragraphs": [{}]}]}"#) }.contains(
        "has no field \"paragraphs[0].context\""))
    #expect(
      complaint {
        try read(#"{"question": "Who?", "context": 7, "answers": ["a"]}"#, "q.jsonl")
      }.contains("the field \"context\" should be a string"))
  }
}
