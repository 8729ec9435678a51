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
}
