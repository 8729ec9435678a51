// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterTasks

/// One line of each public file, and what T5 makes of it.
private struct Case: Sendable {
  let preset: String
  let format: DataFormat
  let text: String
  let input: String
  let target: String
}

private let cases = [
  Case(
    preset: "boolq", format: .jsonLines,
    text: #"{"question": "is it", "passage": "It is.", "idx": 7, "label": false}"#,
    input: "boolq passage: It is. question: is it", target: "False"),
  Case(
    preset: "boolq", format: .jsonLines,
    text: #"{"question": "is it", "title": "t", "answer": true, "passage": "It is."}"#,
    input: "boolq passage: It is. question: is it", target: "True"),
  Case(
    preset: "cb", format: .jsonLines,
    text: #"{"premise": "p", "hypothesis": "h", "label": "neutral", "idx": 0}"#,
    input: "cb hypothesis: h premise: p", target: "neutral"),
  Case(
    preset: "copa", format: .jsonLines,
    text: #"{"premise": "p", "choice1": "a", "choice2": "b", "question": "cause", "label": 1}"#,
    input: "copa choice1: a choice2: b premise: p question: cause", target: "choice2"),
  Case(
    preset: "rte", format: .jsonLines,
    text: #"{"premise": "p", "hypothesis": "h", "label": "not_entailment", "idx": 0}"#,
    input: "rte hypothesis: h premise: p", target: "not_entailment"),
  Case(
    preset: "rte", format: .tabSeparated,
    text: "index\tsentence1\tsentence2\tlabel\n0\tp\th\tentailment\n",
    input: "rte hypothesis: h premise: p", target: "entailment"),
  Case(
    preset: "wic", format: .jsonLines,
    text: #"{"word": "w", "sentence1": "a", "sentence2": "b", "start1": 1, "label": true}"#,
    input: "wic sentence1: a sentence2: b word: w", target: "True"),
  Case(
    preset: "cola", format: .tabSeparated, text: "gj04\t1\t\tThey drank.\n",
    input: "cola sentence: They drank.", target: "acceptable"),
  Case(
    preset: "cola", format: .tabSeparated, text: "sentence\tlabel\nThey drank.\t0\n",
    input: "cola sentence: They drank.", target: "unacceptable"),
  Case(
    preset: "sst2", format: .tabSeparated, text: "sentence\tlabel\na charming film \t1\n",
    input: "sst2 sentence: a charming film ", target: "positive"),
  Case(
    preset: "mrpc", format: .tabSeparated,
    text: "\u{FEFF}Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n1\t7\t8\ta\tb\r\n",
    input: "mrpc sentence1: a sentence2: b", target: "equivalent"),
  Case(
    preset: "qqp", format: .tabSeparated,
    text: "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n0\t1\t2\ta\tb\t0\n",
    input: "qqp question1: a question2: b", target: "not_duplicate"),
  Case(
    preset: "stsb", format: .tabSeparated,
    text: "index\tgenre\tsentence1\tsentence2\tscore\n0\tg\ta\tb\t3.250\n",
    input: "stsb sentence1: a sentence2: b", target: "3.2"),
  Case(
    preset: "mnli", format: .tabSeparated,
    text: "index\tsentence1\tsentence2\tlabel1\tgold_label\n0\tp\th\tneutral\tcontradiction\n",
    input: "mnli hypothesis: h premise: p", target: "contradiction"),
  Case(
    preset: "mnli", format: .jsonLines, text: #"{"premise": "p", "hypothesis": "h", "label": 1}"#,
    input: "mnli hypothesis: h premise: p", target: "neutral"),
  Case(
    preset: "qnli", format: .tabSeparated,
    text: "index\tquestion\tsentence\tlabel\n0\tq\ts\tentailment\n",
    input: "qnli question: q sentence: s", target: "entailment"),
  Case(
    preset: "wnli", format: .tabSeparated,
    text: "index\tsentence1\tsentence2\tlabel\n0\ta\tb\t1\n",
    input: "wnli sentence1: a sentence2: b", target: "entailment"),
  Case(
    preset: "summarization", format: .jsonLines,
    text: #"{"article": "Long. Very.", "highlights": "Short."}"#,
    input: "summarize: Long. Very.", target: "Short."),
  Case(
    preset: "text-to-text", format: .commaSeparated, text: "input,target\n\"a, b\",c\n",
    input: "a, b", target: "c"),
]

@Suite struct TextToTextPresetTests {
  @Test(arguments: cases.indices)
  func `a preset puts a public file's line as T5 does`(_ index: Int) throws {
    let test = cases[index]
    for purpose in [ExamplePurpose.training, .evaluation] {
      let read = try textExamples(of: test.text, as: test.format, test.preset, for: purpose)
      #expect(read.map(\.input) == [test.input])
      #expect(read.map(\.targets) == [[test.target]])
    }
  }

  @Test(arguments: cases.indices)
  func `without its name an input lacks its first word`(_ index: Int) throws {
    let test = cases[index]
    let read = try textExamples(of: test.text, as: test.format, test.preset, isNamed: false)
    let rest = test.input.drop { $0 != " " }.dropFirst()
    #expect(read.first?.input == (test.preset == "text-to-text" ? test.input : String(rest)))
  }

  @Test func `every name of the command line's has a description`() throws {
    let names = [
      "boolq", "cb", "copa", "multirc", "record", "rte", "wic", "wsc", "mrpc", "qqp", "squad",
      "squad-v2", "e2e", "sst2", "text-to-text",
    ]
    #expect(Set(names).isSubset(of: TaskDescription.textToTextNames))
    #expect(TaskDescription.textToText("conll03") == nil)
    for name in TaskDescription.textToTextNames {
      let task = try #require(TaskDescription.textToText(name))
      let text = try #require(task.text)
      #expect(task.kind == .textToText && !text.metrics.isEmpty && !text.template.columns.isEmpty)
      #expect(Set(task.labels).count == task.labels.count)
      let data = try JSONEncoder().encode(task)
      #expect(try JSONDecoder().decode(TaskDescription.self, from: data) == task)
      // A template made of parts is the one that its text says.
      #expect(try TextTemplate(text.template.description).description == "\(text.template)")
    }
  }

  @Test func `question answering keeps its first word`() throws {
    let task = try #require(TaskDescription.textToText("squad", isNamed: false)?.text)
    #expect(task.template.description == "question: {question} context: {context}")
  }

  @Test(arguments: [
    (0.0, "0.0"), (5.0, "5.0"), (3.25, "3.2"), (1.9, "2.0"), (1.8, "1.8"), (0.1, "0.0"),
    (0.3, "0.4"), (-2.0, "0.0"), (9.0, "5.0"),
  ])
  func `similarities are rounded to fifths`(score: Double, target: String) {
    #expect(TextToTextPreset.similarity(of: score) == target)
    #expect(TextToTextPreset.stsb.labels.contains(target))
  }
}
