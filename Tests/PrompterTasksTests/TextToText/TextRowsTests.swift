// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct TextRowsTests {
  @Test func `a target may be a list of right answers`() throws {
    let text = #"{"input": "a", "targets": ["b", "c"]}"# + "\n" + #"{"input": "d", "targets": "e"}"#
    let evaluated = try textExamples(of: text, as: .jsonLines, "text-to-text")
    #expect(evaluated.map(\.targets) == [["b", "c"], ["e"]])
    let learnt = try textExamples(of: text, as: .jsonLines, "text-to-text", for: .training)
    #expect(learnt.map(\.input) == ["a", "a", "d"])
    #expect(learnt.map(\.targets) == [["b"], ["c"], ["e"]])
    #expect(learnt.map(\.line) == [1, 1, 2])
  }

  @Test func `columns may be named`() throws {
    var task = try #require(TaskDescription.textToText("text-to-text"))
    task.text?.columns = ["input": "Frage", "target": "Antwort"]
    let reader = try TextToTextReader(
      file: "data", task: task, purpose: .evaluation, requireTargets: true, limit: .max)
    let read = try reader.examples(
      in: Array("Antwort\tinput\tFrage\nja\tx\twarum\n".utf8), format: .tabSeparated)
    #expect(read == [TextToTextExample(input: "warum", targets: ["ja"], line: 2)])
    #expect(
      complaint { try reader.examples(in: Array("input\ttarget\n".utf8), format: .tabSeparated) }
        == "data has no column for the input (\"Frage\"); its columns are \"input\", \"target\".")
  }

  @Test func `an own template reads the columns that it names`() throws {
    var task = try #require(TaskDescription.textToText("text-to-text"))
    task.text?.template = try TextTemplate("{body} Is that {tone}?")
    let reader = try TextToTextReader(
      file: "data", task: task, purpose: .evaluation, requireTargets: true, limit: .max)
    let read = try reader.examples(
      in: Array("tone,target,body\nkind,yes,Well done.\n".utf8), format: .commaSeparated)
    #expect(read.map(\.input) == ["Well done. Is that kind?"])
  }

  @Test func `targets must be there unless they need not be`() throws {
    let text = "sentence\tlabel\na\t1\nb\t-1\n"
    #expect(
      complaint { try textExamples(of: text, as: .tabSeparated, "sst2") }
        == "data, line 3 has no label, and one is needed here.")
    let read = try textExamples(of: text, as: .tabSeparated, "sst2", requireTargets: false)
    #expect(read.map(\.targets) == [["positive"], []])
    #expect(
      complaint { try textExamples(of: "sentence\na\n", as: .tabSeparated, "sst2") }
        == "data has no column for the target (\"label\"); its columns are \"sentence\".")
    #expect(
      try textExamples(of: "sentence\na\n", as: .tabSeparated, "sst2", requireTargets: false)
        .map(\.targets) == [[]])
  }

  @Test func `rows that do not fit are refused with their line`() {
    #expect(
      complaint { try textExamples(of: "sentence\tlabel\na\t1\tb\n", as: .tabSeparated, "sst2") }
        == "data, line 2 has 3 columns; the header has 2.")
    #expect(
      complaint {
        try textExamples(of: #"{"sentence": 5, "label": 1}"#, as: .jsonLines, "sst2")
      } == "data, line 1: the field \"sentence\" should be a string.")
    #expect(complaint { try textExamples(of: "", as: .json, "sst2") } == "data holds no examples.")
    #expect(
      complaint { try textExamples(of: "NUM:x y", as: .trec, "sst2") }
        .contains("its columns are \"text\", \"coarse\", \"fine\""))
  }

  @Test func `only so many examples are read`() throws {
    let text = "sentence\tlabel\na\t1\nb\t0\nc\tbroken\n"
    #expect(try textExamples(of: text, as: .tabSeparated, "sst2", limit: 2).count == 2)
    #expect(
      try textExamples(of: "g\t1\t\ta\ng\t0\t*\tb\n", as: .tabSeparated, "cola", limit: 1)
        .map(\.input) == ["cola sentence: a"])
  }
}
