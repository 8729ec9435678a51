// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterTasks

@Suite struct QuestionAnsweringTests {
  private func kind(_ name: String) throws -> QuestionAnswering {
    QuestionAnswering(try #require(TaskDescription.preset(name)))
  }

  private func data(_ answers: [[String]?], context: String = "A cat. A dog!") -> SpanDataset {
    SpanDataset(
      examples: answers.enumerated().map { index, answers in
        SpanExample(
          question: "Who?", context: context, answers: answers?.map { .init(text: $0) },
          line: index + 1)
      }, url: URL(filePath: "q.jsonl"))
  }

  private func scores(
    _ name: String, _ answers: [String], to right: [[String]]
  ) throws -> Evaluation {
    try kind(name).evaluation(
      of: answers.map { Evaluation.Answer(text: $0, probability: 0.5) }, to: data(right), name: "p")
  }

  @Test func `presets are read by models that read, and those of writers stay`() throws {
    for name in QuestionAnswering.presetNames {
      let task = try #require(TaskDescription.preset(name))
      #expect(task.kind == .questionAnswering && task.name == name)
      #expect(task.metricNames == ["f1", "exact_match"])
      #expect(task.spans?.allowsNoAnswer == (name == "squad-v2"))
    }
    #expect(TaskKinds.preset("squad", isWritten: true)?.kind == .textToText)
    #expect(TaskKinds.preset("squad-v2", isWritten: true)?.kind == .textToText)
  }

  @Test func `its description is read as it was written`() throws {
    var task = try #require(try kind("squad-v2").overlapping(by: 64))
    task.labels = []
    let json = try JSONEncoder().encode(task)
    #expect(try JSONDecoder().decode(TaskDescription.self, from: json) == task)
    #expect(task.spans == SpanDescription(overlap: 64, allowsNoAnswer: true))
    #expect(String(decoding: json, as: UTF8.self).contains("maximum_answer_length"))
  }

  @Test func `a text may have no answer if a training example has none`() throws {
    let plain = try kind("question-answering")
    #expect(try plain.completed(by: data([["cat"], []])).spans?.allowsNoAnswer == true)
    #expect(try plain.completed(by: data([["cat"]])).spans?.allowsNoAnswer == false)
    #expect(try kind("squad").completed(by: data([["cat"], []])).spans?.allowsNoAnswer == false)
    #expect(throws: DataError.noExamples(file: "q.jsonl")) { try plain.completed(by: data([])) }
  }

  @Test func `what cannot be scored is refused`() throws {
    try kind("squad-v2").check(data([["cat"], []]))
    #expect(
      complaint { try kind("squad").check(data([["cat"], []])) }
        == "q.jsonl, line 2: the question has no answer, and in the task squad each has one.")
    #expect(
      complaint { try kind("squad-v2").check(data([nil])) }
        == "q.jsonl, line 1: the question has no answers, and they are needed here.")
  }

  @Test func `scores are means over questions`() throws {
    let evaluation = try scores("squad", ["the cat", "a dog"], to: [["Cat"], ["big dog", "cow"]])
    #expect(evaluation.metrics["exact_match"] == 0.5)
    #expect(abs((evaluation.metrics["f1"] ?? 0) - (1 + 2.0 / 3) / 2) < 1e-12)
    #expect(evaluation.metrics.count == 2)
  }

  @Test func `where there may be no answer, those that have one are scored apart`() throws {
    let metrics = try scores("squad-v2", ["cat", "", "dog", ""], to: [["cat"], ["cow"], [], []])
      .metrics
    #expect(metrics["f1"] == 0.5)
    #expect(metrics["has_answer_f1"] == 0.5 && metrics["has_answer_exact_match"] == 0.5)
    #expect(metrics["no_answer_f1"] == 0.5 && metrics["no_answer_exact_match"] == 0.5)
    #expect(
      try scores("squad-v2", ["cat"], to: [["cat"]]).metrics["no_answer_f1"] == nil)
  }

  @Test func `the baseline does not read the question`() throws {
    // The first sentence, "A cat.", of which an article and a mark do not count.
    #expect(try scores("squad", ["x"], to: [["cat"]]).baseline["exact_match"] == 1)
    #expect(try kind("squad").baselineName == "first sentence")
    #expect(
      try kind("squad").baseline(of: data([]), on: data([["猫"]], context: "猫。犬。"))["f1"] == 0)
    #expect(try scores("squad-v2", ["x", "x"], to: [["cat"], []]).baseline["f1"] == 0.5)
    #expect(try kind("squad-v2").baselineName == "empty answer")
  }

  @Test func `its columns can be called otherwise`() throws {
    let kind = try kind("squad")
    #expect(kind.reading("context", from: "passage")?.fields.pair == "passage")
    #expect(kind.reading("text", from: "q")?.fields.text == "q")
    #expect(kind.reading("answers", from: "gold")?.fields.label == "gold")
    #expect(kind.reading("queue", from: "gold") == nil)
  }
}
