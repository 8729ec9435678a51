// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterTasks

@Suite struct TextToTextDatasetTests {
  @Test func `a file is read and its most frequent answer known`() throws {
    try withFolder { folder in
      let file = folder.appending(path: "dev.tsv")
      try Data("sentence\tlabel\na\t1\nb\t0\nc\t1\n".utf8).write(to: file)
      let task = try #require(TaskDescription.textToText("sst2", isNamed: false))
      let data = try TextToTextDataset(contentsOf: file, task: task, for: .evaluation)
      #expect(data.examples.map(\.input) == ["sentence: a", "sentence: b", "sentence: c"])
      #expect(data.majorityAnswer == "positive")
      #expect(data.url == file)
    }
  }

  @Test func `of answers as frequent the first is the majority's, of none none`() {
    let url = URL(filePath: "x")
    func majority(_ targets: [[String]]) -> String? {
      TextToTextDataset(
        examples: targets.map { TextToTextExample(input: "", targets: $0) }, url: url
      ).majorityAnswer
    }
    #expect(majority([["b"], ["a"], ["c"], ["a"], ["b"]]) == "a")
    #expect(majority([[], []]) == nil)
  }

  @Test func `files of other kinds and tasks of other kinds are refused`() throws {
    let task = try #require(TaskDescription.textToText("sst2"))
    func sentence(_ path: String, _ task: TaskDescription) -> String {
      complaint {
        try TextToTextDataset(contentsOf: URL(filePath: path), task: task, for: .training)
      }
    }
    #expect(sentence("/nowhere/a.jsonl", task).hasSuffix("a.jsonl: no such file."))
    let classification = try #require(TaskDescription.preset("sst2"))
    #expect(sentence("/nowhere/a.jsonl", classification).contains("the task puts no texts"))
  }

  private static let nested = [
    "multirc":
      #"{"passage": {"text": "t", "questions": [{"question": "q", "answers": ["#
      + #"{"text": "a", "label": 1}]}]}}"#,
    "record":
      #"{"passage": {"text": "é B", "entities": [{"start": 2, "end": 2}]}, "#
      + #""qas": [{"query": "q", "answers": [{"text": "B"}]}]}"#,
    "wsc":
      #"{"text": "T said he", "target": {"span1_text": "T", "span2_text": "he", "#
      + #""span2_index": 2}, "label": true}"#,
    "squad":
      #"{"data": [{"paragraphs": [{"context": "c", "qas": [{"question": "q?", "#
      + #""answers": [{"text": "c"}]}]}]}]}"#,
    "copa":
      #"{"premise": "p", "choice1": "a", "choice2": "b", "question": "cause", "label": 1}"#,
  ]

  @Test(arguments: nested.keys.sorted())
  func `cut and bent files are read or refused`(preset: String) throws {
    let bytes = Array(try #require(Self.nested[preset]).utf8)
    let format = preset == "squad" ? DataFormat.json : .jsonLines
    func check(_ bytes: [UInt8]) {
      do {
        let read = try textExamples(of: bytes, as: format, preset)
        #expect(read.allSatisfy { !$0.targets.isEmpty })
      } catch {
        #expect(error is DataError && "\(error)".hasSuffix("."), "\(bytes)")
      }
    }
    for end in 0...bytes.count { check(Array(bytes[..<end])) }
    for place in bytes.indices {
      for byte in Array("\"\\,-9{}[]".utf8) + [0xFF] {
        var bent = bytes
        bent[place] = byte
        check(bent)
      }
    }
  }
}
