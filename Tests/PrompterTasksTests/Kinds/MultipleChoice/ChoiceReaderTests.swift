// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterTasks

@Suite struct ChoiceReaderTests {
  private func read(
    _ text: String, named name: String = "d.jsonl", task: String = "multiple-choice",
    labelMap: LabelMap = [:], requiresAnswers: Bool = true, limit: Int? = nil,
    fields: [(String, String)] = []
  ) throws -> ChoiceSet {
    try withFolder { folder in
      let file = folder.appending(path: name)
      try Data(text.utf8).write(to: file)
      var description = try #require(TaskDescription.preset(task))
      for (field, column) in fields {
        description = try #require(try description.asked().reading(field, from: column))
      }
      return try MultipleChoice(description).examples(
        of: ExampleFile(
          file, labelMap: labelMap, requiresAnswers: requiresAnswers, limit: limit),
        for: .training)
    }
  }

  private func complaintEnd(
    _ text: String, named name: String = "d.jsonl", task: String = "multiple-choice"
  ) -> String {
    complaint { try read(text, named: name, task: task) }.components(separatedBy: name).last ?? ""
  }

  @Test func `COPA's own file is read with the word that its question asks by`() throws {
    let lines =
      #"{"premise": "It broke.", "choice1": "It fell.", "choice2": "It flew.", "question": "cause", "label": 0, "idx": 3}"#
      + "\n"
      + #"{"premise": "It fell.", "choice1": "It flew.", "choice2": "It broke.", "question": "effect", "label": 1, "idx": 4}"#
    let examples = try read(lines, task: "copa")
    #expect(
      examples.examples == [
        ChoiceExample(
          text: "It broke. because", choices: ["It fell.", "It flew."], right: [0], line: 1),
        ChoiceExample(
          text: "It fell. so", choices: ["It flew.", "It broke."], right: [1], line: 2),
      ])
    #expect(examples.omissions.columns == ["idx"])
    #expect(examples.labels == ["0", "1"] && examples.text(at: 0).pair == "It fell. | It flew.")
    #expect(try read(lines, task: "copa", limit: 1).count == 1)
    #expect(
      complaintEnd(lines.replacingOccurrences(of: "effect", with: "reason"), task: "copa")
        == ", line 2: its question is \"reason\", not \"cause\" or \"effect\".")
  }

  @Test(
    arguments: [
      (
        "swag.csv", "sent1,sent2,ending0,ending1,ending2,label\nS.,He,\"a, b\",c,d,2\n", "S.", "He",
        2
      ),
      (
        "race.json",
        #"[{"article": "S.", "question": "Q?", "options": ["a, b", "c", "d"], "answer": "B"}]"#,
        "S.", "Q?", 1
      ),
      (
        "siqa.tsv",
        "context\tquestion\tanswerA\tanswerB\tanswerC\tlabel\nS.\tQ?\ta, b\tc\td\tanswerC\n",
        "S.", "Q?", 2
      ),
      (
        "arc.jsonl",
        #"{"question": "Q?", "choices": {"text": ["a, b", "c", "d"], "label": ["1", "2", "3"]}, "answerKey": "3"}"#,
        "Q?", nil, 2
      ),
      (
        "plain.csv", "text,choices,label\nQ?,\"[\"\"a, b\"\", \"\"c\"\", \"\"d\"\"]\",c\n", "Q?",
        nil, 1
      ),
    ] as [(String, String, String, String?, Int)])
  func `public files are read as they are`(
    name: String, contents: String, text: String, pair: String?, right: Int
  ) throws {
    let line = name.hasSuffix("json") || name.hasSuffix("jsonl") ? 1 : 2
    #expect(
      try read(contents, named: name).examples == [
        ChoiceExample(
          text: text, pair: pair, choices: ["a, b", "c", "d"], right: [right], line: line)
      ])
  }

  @Test func `questions may have any number of choices`() throws {
    let lines =
      #"{"text": "a", "choice1": "b", "choice2": "c", "label": "B"}"# + "\n"
      + #"{"text": "d", "choice1": "e", "choice2": "f", "choice3": "g", "label": 2}"#
    #expect(try read(lines).examples.map(\.choices.count) == [2, 3])
    let table = "text,choice1,choice2,choice3,label\na,b,c,,1\nd,e,f,g,2\n"
    #expect(try read(table, named: "d.csv").examples.map(\.choices.count) == [2, 3])
    let many = (1...60).map { "\"c\($0)\"" }.joined(separator: ",")
    #expect(
      try read("{\"text\": \"a\", \"choices\": [\(many)], \"label\": 59}").examples[0].right == [59]
    )
  }

  @Test func `columns can be named, and labels be called otherwise`() throws {
    let table = "Frage\tThema\twahl1\twahl2\trichtig\nQ?\tS.\ta\tb\t2\n"
    let fields = [
      ("text", "Frage"), ("context", "Thema"), ("choices", "wahl"), ("label", "richtig"),
    ]
    let examples = try read(table, named: "d.tsv", labelMap: ["1": "0", "2": "1"], fields: fields)
    #expect(
      examples.examples == [
        ChoiceExample(text: "S.", pair: "Q?", choices: ["a", "b"], right: [1], line: 2)
      ])
    #expect(try MultipleChoice(#require(.preset("copa"))).reading("target", from: "x") == nil)
  }

  @Test func `a file without answers is read where none are needed`() throws {
    let lines = #"{"text": "a", "choices": ["b", "c"], "label": -1}"#
    #expect(try read(lines, requiresAnswers: false).examples.map(\.right) == [[]])
    #expect(complaintEnd(lines) == ", line 1 has no label, and one is needed here.")
    let bare = #"{"text": "a", "choices": ["b", "c"]}"#
    #expect(try read(bare, requiresAnswers: false).label(at: 0) == nil)
    #expect(complaintEnd(bare).contains("has no column for the label"))
  }

  @Test(arguments: [
    (#"{"text": "a", "choices": ["b", "c"], "label": 2}"#, "the label \"2\" is none of 2 choices"),
    (#"{"text": "a", "choices": ["b"], "label": 0}"#, "it has fewer than two choices"),
    (#"{"text": "a", "choices": [], "label": 0}"#, "it has fewer than two choices"),
    (#"{"text": "a", "label": 0}"#, "it has fewer than two choices"),
    (#"{"text": "a", "choices": "b", "label": 0}"#, "the choices are no list of texts"),
    (#"{"text": "a", "choice1": "b", "choice2": "", "choice3": "c", "label": 0}"#, "is blank"),
    (#"{"text": "a", "choices": ["b", "c"], "label": "d"}"#, "\"d\" is none of 2 choices"),
  ])
  func `what does not fit is told with its line`(line: String, reason: String) {
    let good = #"{"text": "a", "choices": ["b", "c"], "label": 0}"#
    let said = complaintEnd("\(good)\n\(line)\n")
    #expect(said.hasPrefix(", line 2: ") && said.contains(reason), "\(said)")
  }

  @Test func `ReCoRD's entities fill the gap of each query`() throws {
    let line = #"""
      {"source": "x", "passage": {"text": "Ann met Bob\n@highlight\nBob won", "entities": [{"start": 0, "end": 2}, {"start": 8, "end": 10}, {"start": 23, "end": 25}]}, "qas": [{"query": "@placeholder lost", "answers": [{"start": 0, "end": 2, "text": "Ann"}], "idx": 1}, {"query": "it was @placeholder", "answers": [{"start": 8, "end": 10, "text": "Bob"}, {"start": 23, "end": 25, "text": "Bob"}], "idx": 2}], "idx": 0}
      """#
    let examples = try read(line, task: "record")
    #expect(
      examples.examples == [
        ChoiceExample(
          text: "Ann met Bob. Bob won", pair: "@placeholder lost", choices: ["Ann", "Bob"],
          right: [0], line: 1),
        ChoiceExample(
          text: "Ann met Bob. Bob won", pair: "it was @placeholder", choices: ["Ann", "Bob"],
          right: [1], line: 1),
      ])
    #expect(try read(line, task: "record", limit: 1).count == 1)
    let flat =
      #"{"passage": "P", "query": "@placeholder ran", "entities": ["A", "B"], "answers": ["B", "C"]}"#
    let own = try read(flat, task: "record").examples[0]
    #expect(own.right == [1] && own.answers == ["B", "C"])
    for (old, new, reason) in [
      ("@placeholder", "x", "no @placeholder"), (#"["A", "B"]"#, "[]", "it has no entities"),
    ] {
      let said = complaintEnd(flat.replacingOccurrences(of: old, with: new), task: "record")
      #expect(said.hasPrefix(", line 1: ") && said.contains(reason), "\(said)")
    }
    #expect(complaintEnd("passage,query\na,b\n", named: "d.csv", task: "record").contains("lists"))
  }
}
