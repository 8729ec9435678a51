// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// SuperGLUE's tasks on a model that reads, from lines as its archives have them.
@Suite struct SuperGLUEEndToEndTests {
  private static let copa = [
    #"{"premise": "It was bad.", "choice1": "It is dull.", "choice2": "It is fun.", "question": "cause", "label": 0, "idx": 0}"#,
    #"{"premise": "It was good.", "choice1": "a worst film", "choice2": "a great film", "question": "effect", "label": 1, "idx": 1}"#,
  ]
  private static let wic = [
    #"{"word": "play", "sentence1": "the play was long", "sentence2": "to play it", "start1": 4, "end1": 8, "start2": 3, "end2": 7, "label": true}"#,
    #"{"word": "film", "sentence1": "a film", "sentence2": "the film was bad", "start1": 2, "end1": 6, "start2": 4, "end2": 8, "label": false}"#,
  ]
  private static let wsc = [
    #"{"text": "the film was good and it was long", "target": {"span1_text": "The film", "span1_index": 0, "span2_text": "it", "span2_index": 5}, "label": true}"#,
    #"{"text": "the story of it was in that film", "target": {"span1_text": "film", "span1_index": 7, "span2_text": "it", "span2_index": 3}, "label": false}"#,
  ]
  private static let multirc = [
    #"{"passage": {"text": "the film was good", "questions": [{"question": "was it?", "answers": [{"text": "good", "label": 1}, {"text": "bad", "label": 0}]}]}}"#,
    #"{"passage": {"text": "it was long", "questions": [{"question": "was it?", "answers": [{"text": "short", "label": 0}, {"text": "long", "label": 1}]}]}}"#,
  ]
  private static let record = [
    #"{"passage": {"text": "A film and a play\n@highlight\nit was good", "entities": [{"start": 2, "end": 5}, {"start": 13, "end": 16}]}, "qas": [{"query": "the @placeholder was good", "answers": [{"start": 2, "end": 5, "text": "film"}]}]}"#,
    #"{"passage": {"text": "the play was long", "entities": [{"start": 4, "end": 7}, {"start": 0, "end": 2}]}, "qas": [{"query": "a @placeholder", "answers": [{"start": 4, "end": 7, "text": "play"}]}]}"#,
  ]

  @Test(arguments: [
    ("copa", copa, copa[0], ["choice", "index", "probability", "choices"]),
    ("wic", wic, wic[0], ["label", "probability", "probabilities"]),
    ("wsc", wsc, wsc[1], ["label", "probability", "probabilities"]),
    (
      "multirc", multirc,
      #"{"paragraph": "the film was good", "question": "was it?", "answer": "bad"}"#,
      ["label", "probability", "probabilities"]
    ),
    (
      "record", record,
      #"{"passage": "the play was long", "query": "a @placeholder", "entities": ["the", "play", "film"]}"#,
      ["choice", "index", "probability", "choices"]
    ),
  ])
  func `they are trained, measured and asked`(
    task: String, lines: [String], query: String, members: [String]
  ) throws {
    try withFolder { folder in
      let (file, output) = (folder.appending(path: "d.jsonl"), folder.appending(path: "p").path)
      try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
      let training = try prompter([
        "train", "--model", tinyModel, "--task", task, "--train", file.path, "--validation",
        file.path, "--prompt-length", "2", "--epochs", "2", "--threads", "1", "--output", output,
        "--json",
      ])
      #expect(training.status == 0, "\(training.messages)")
      let evaluation = try prompter(
        ["evaluate", "--model", tinyModel, "--prompt", output, file.path, "--json"])
      #expect(evaluation.status == 0, "\(evaluation.messages)")
      let answers = try prompter(
        ["predict", "--model", tinyModel, "--prompt", output], input: query)
      #expect(answers.status == 0, "\(answers.messages)")
      let answer = try #require(answers.objects().first)
      #expect(Set(answer.keys) == Set(["id", "task"] + members), "\(answers.output)")
    }
  }

  @Test func `a table of questions is answered with choices, and a faulty row told`() throws {
    try withFolder { folder in
      let (file, output) = (folder.appending(path: "d.csv"), folder.appending(path: "p").path)
      let rows = (0..<8).map { "it was,\($0 % 2 == 0 ? "good,bad" : "bad,good"),\($0 % 2)" }
      try ("question,option1,option2,label\n" + rows.joined(separator: "\n"))
        .write(to: file, atomically: true, encoding: .utf8)
      let training = try prompter([
        "train", "--model", tinyModel, "--task", "multiple-choice", "--train", file.path,
        "--prompt-length", "2", "--epochs", "8", "--threads", "1", "--output", output,
      ])
      #expect(training.status == 0, "\(training.messages)")
      let answers = try prompter(
        ["predict", "--model", tinyModel, "--prompt", output, "--input-format", "csv"],
        input:
          "question,option1,option2,option3\nit was,good,bad,\nit was,bad,dull,good\nit was,,,\n")
      #expect(answers.status == 65)
      let lines = try answers.objects()
      #expect(lines.prefix(2).map { ($0["choices"] as? [Any])?.count } == [2, 3])
      #expect((lines.last?["error"] as? String)?.contains("choices") == true)
    }
  }
}
