// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct SuperGLUEPassagesTests {
  private let multiRC =
    #"{"idx": 3, "passage": {"text": "<b>Sent 1: </b>A dog.<br>A cat.", "questions": ["#
    + #"{"question": "Who?", "answers": [{"text": "a dog", "label": 1}, "#
    + #"{"text": "a cow", "label": 0}], "idx": 0}, "#
    + #"{"question": "What?", "answers": [{"text": "a cat", "label": 1}]}]}}"#

  @Test func `each answer of MultiRC is an example, grouped by question`() throws {
    let read = try textExamples(of: multiRC, as: .jsonLines, "multirc")
    #expect(
      read.map(\.input) == [
        "multirc question: Who? answer: a dog paragraph: Sent 1: A dog. A cat.",
        "multirc question: Who? answer: a cow paragraph: Sent 1: A dog. A cat.",
        "multirc question: What? answer: a cat paragraph: Sent 1: A dog. A cat.",
      ])
    #expect(read.map(\.targets) == [["True"], ["False"], ["True"]])
    #expect(read[0].group == read[1].group && read[1].group != read[2].group)
    #expect(try textExamples(of: multiRC, as: .jsonLines, "multirc", limit: 2).count == 2)
  }

  @Test func `answers of MultiRC may have no labels`() throws {
    let text = multiRC.replacing(", \"label\": 1", with: "").replacing(", \"label\": 0", with: "")
    let read = try textExamples(of: text, as: .jsonLines, "multirc", requireTargets: false)
    #expect(read.map(\.targets) == [[], [], []])
    #expect(complaint { try textExamples(of: text, as: .jsonLines, "multirc") }.contains("line 1"))
  }

  private let record =
    #"{"source": "CNN", "passage": {"text": "É Bo met Al!\n@highlight\nBo won\n@highlight\nEnd", "#
    + #""entities": [{"start": 2, "end": 3}, {"start": 9, "end": 10}, {"start": 24, "end": 25}]}, "#
    + #""qas": [{"query": "@placeholder won", "answers": [{"text": "Bo", "start": 2, "end": 3}, "#
    + #"{"text": "Al"}, {"text": "Bo"}], "idx": 1}], "idx": 0}"#

  @Test func `ReCoRD asks for an entity and takes each right one`() throws {
    let input =
      "record query: @placeholder won entities: Al, Bo passage: É Bo met Al! Bo won. End"
    let read = try textExamples(of: record, as: .jsonLines, "record")
    #expect(read.map(\.input) == [input])
    #expect(read.map(\.targets) == [["Al", "Bo"]])
    #expect(read.map(\.choices) == [["Al", "Bo"]])
    let learnt = try textExamples(of: record, as: .jsonLines, "record", for: .training)
    #expect(learnt.map(\.input) == [input, input])
    #expect(learnt.map(\.targets) == [["Al"], ["Bo"]])
  }

  @Test func `an entity outside its passage is refused`() {
    let text = record.replacing("\"end\": 25", with: "\"end\": 99")
    #expect(
      complaint { try textExamples(of: text, as: .jsonLines, "record") }
        == "data, line 1: an entity at 24 to 99 is outside the passage.")
  }

  @Test func `what is missing in a nested line is named by its path`() {
    #expect(
      complaint { try textExamples(of: #"{"passage": {"text": "a"}}"#, as: .jsonLines, "multirc") }
        == "data, line 1 has no field \"passage.questions\".")
    let text = multiRC.replacing("\"a cow\"", with: "5")
    #expect(
      complaint { try textExamples(of: text, as: .jsonLines, "multirc") }
        == "data, line 1: the field \"passage.questions[0].answers[1].text\" should be a string.")
    #expect(
      complaint { try textExamples(of: #"{"passage": []}"#, as: .jsonLines, "record") }
        == "data, line 1: the field \"passage\" should be an object.")
  }

  @Test func `flat rows of MultiRC are scored together by question`() throws {
    let table = "paragraph,question,answer,label\ng,a,b,1\ng,q,b,0\n<b>g</b>,a,c,0\n"
    let read = try textExamples(of: table, as: .commaSeparated, "multirc")
    #expect(read.map(\.targets) == [["True"], ["False"], ["False"]])
    #expect(read[2].input == "multirc question: a answer: c paragraph: g")
    let pair = try textExamples(
      of: "paragraph,question,answer,label\ng,a,b,1\ng,a,c,0\n", as: .commaSeparated, "multirc")
    let scores = TextScores(outputs: ["True", "True"], examples: pair, labels: ["False", "True"])
    #expect(scores.value(of: .questionMatch) == 0)
  }

  @Test func `the numbers of paragraph and question tell flat rows' questions apart`() throws {
    func groups(_ rows: [String], _ format: DataFormat) throws -> [String?] {
      try textExamples(of: rows.joined(separator: "\n"), as: format, "multirc").map(\.group)
    }
    let table = try groups(
      ["paragraph,question,answer,label,idx"]
        + [(0, 0), (0, 0), (0, 1), (1, 0)].map {
          "p,q,a,1,\"{'paragraph': \($0.0), 'question': \($0.1), 'answer': 0}\""
        }, .commaSeparated)
    #expect(table[0] == table[1] && Set(table).count == 3)
    let lines = try groups(
      [(0, 0), (0, 0), (0, 1)].map {
        #"{"paragraph":"p","question":"q","answer":"a","label":1,"#
          + #""idx":{"paragraph":\#($0.0),"question":\#($0.1),"answer":0}}"#
      }, .jsonLines)
    #expect(lines[0] == lines[1] && lines[1] != lines[2])
  }

  @Test func `ReCoRD is read from flat JSON, and refused as a table`() throws {
    let row =
      #"{"passage": "Bo met Al.\n@highlight\nEnd", "query": "@placeholder won", "#
      + #""entities": ["Bo", "Al", "Bo"], "answers": ["Bo"], "idx": {"passage": 0, "query": 0}}"#
    let read = try textExamples(of: row, as: .jsonLines, "record")
    #expect(
      read.map(\.input) == [
        "record query: @placeholder won entities: Al, Bo passage: Bo met Al. End"
      ])
    #expect(read.map(\.targets) == [["Bo"]])
    let table = "passage,query,entities,answers\np,q,\"['a']\",\"['a']\"\n"
    #expect(
      complaint { try textExamples(of: table, as: .commaSeparated, "record") }
        .contains("ReCoRD's entities and answers are lists, which a table does not have"))
  }

  @Test func `a small file cannot become far more text than it is`() {
    let answers = String(repeating: #"{"text":"","label":1},"#, count: 20_000).dropLast()
    let passage = String(repeating: "x", count: 100_000)
    let text =
      #"{"passage":{"text":"\#(passage)","questions":[{"question":"","answers":[\#(answers)]}]}}"#
    #expect(
      complaint { try textExamples(of: text, as: .jsonLines, "multirc") }
        .hasSuffix("putting it to each of them takes too much memory."))
    let spans = String(repeating: #"{"start":0,"end":99999},"#, count: 2_000).dropLast()
    let record = #"{"passage":{"text":"\#(passage)","entities":[\#(spans)]},"qas":[]}"#
    #expect(
      complaint { try textExamples(of: record, as: .jsonLines, "record") }
        .hasSuffix("the entities together are far longer than the passage."))
  }
}
