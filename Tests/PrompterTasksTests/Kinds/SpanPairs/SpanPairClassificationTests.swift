// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterAutodiff
import PrompterTensor
import PrompterTestSupport
import Testing

@testable import PrompterTasks

@Suite struct SpanPairClassificationTests {
  private func kind(
    _ name: String = "span-pair-classification", labels: [String] = []
  ) throws -> SpanPairClassification {
    var task = try #require(TaskDescription.preset(name))
    task.labels = labels
    return SpanPairClassification(task)
  }

  private func read(
    _ text: String, named name: String = "d.jsonl", task: String, requiresAnswers: Bool = true,
    limit: Int? = nil
  ) throws -> SpanPairSet {
    try withFolder { folder in
      let file = folder.appending(path: name)
      try Data(text.utf8).write(to: file)
      return try kind(task).examples(
        of: ExampleFile(file, requiresAnswers: requiresAnswers, limit: limit), for: .training)
    }
  }

  private static let wic =
    #"{"word": "feel", "sentence1": "You make me feel naked.", "sentence2": "She felt small.", "idx": 1, "label": true, "start1": 12, "start2": 4, "end1": 16, "end2": 8, "version": 1.1}"#
  private static let wsc =
    #"{"text": "Mark's dog told Pete that he knew him.", "target": {"span2_index": 5, "span1_index": 0, "span1_text": "Mark", "span2_text": "he"}, "idx": 0, "label": false}"#

  @Test func `WiC's own file is read with the words' places`() throws {
    let examples = try read(Self.wic, task: "wic")
    #expect(
      examples.examples == [
        SpanPairExample(
          text: "You make me feel naked.", pair: "She felt small.", spans: [12..<16, 4..<8],
          label: "true")
      ])
    #expect(Set(examples.omissions.columns) == ["word", "idx", "version"])
    let table = "sentence1\tsentence2\tstart1\tend1\tstart2\tend2\tlabel\na b\tb\t2\t3\t0\t1\t1\n"
    #expect(
      try read(table, named: "d.tsv", task: "wic").examples == [
        SpanPairExample(text: "a b", pair: "b", spans: [2..<3, 0..<1], label: "1", line: 2)
      ])
  }

  @Test func `WSC's own file and flat copies are read with the spans nearest to their words`()
    throws
  {
    let own = SpanPairExample(
      text: "Mark's dog told Pete that he knew him.", spans: [0..<4, 26..<28], label: "false")
    #expect(try read(Self.wsc, task: "wsc").examples == [own])
    #expect(try read("\(Self.wsc)\n\(Self.wsc)", task: "wsc", limit: 1).count == 1)
    let flat =
      #"{"text": "Mark's dog told Pete that he knew him.", "span1_text": "Mark", "span1_index": 0, "span2_text": "he", "span2_index": 5, "label": "false"}"#
    #expect(try read(flat, task: "wsc").examples == [own])
    #expect(try read(flat, task: "span-pair-classification").examples == [own])
  }

  @Test(arguments: [
    (wic, "wic", "\"end1\": 16", "\"end1\": 99", "span 1 is from 12 to 99"),
    (wic, "wic", "\"start2\": 4", "\"start2\": 8", "span 2 is from 8 to 8"),
    (wic, "wic", ", \"end2\": 8", "", "span 2 has neither"),
    (wsc, "wsc", "\"Mark\"", "\"Marc\"", "its text has no \"Marc\", which is span 1"),
    (wsc, "wsc", "false", "null", "has no label"),
    (wsc, "wsc", "\"text\": \"Mark's", "\"text\": \"Pam's", "its text has no \"Mark\""),
  ])
  func `what does not fit is told with its line`(
    line: String, task: String, old: String, new: String, reason: String
  ) {
    let bad = line.replacingOccurrences(of: old, with: new)
    let said = complaint { try read("\(line)\n\(bad)\n", task: task) }
    #expect(said.contains("d.jsonl, line 2") && said.contains(reason), "\(said)")
  }

  @Test func `queries are put as the files are`() throws {
    let wic = try kind("wic").question(
      of: Query(
        columns: [
          "text": "You feel.", "pair": "She felt.", "start1": "4", "end1": "8", "start2": "4",
          "end2": "8",
        ]))
    #expect(wic == Question("You feel.", "She felt.", spans: [4..<8, 4..<8]))
    let target = #"{"span1_text": "Ann", "span1_index": 0, "span2_text": "she", "span2_index": 2}"#
    let wsc = try kind("wsc").question(
      of: Query("Ann knew she won.", columns: ["target": target]))
    #expect(wsc == Question("Ann knew she won.", spans: [0..<3, 9..<12]))
    #expect(throws: TextProblem.self) { try kind("wsc").question(of: Query("Ann knew.")) }
  }

  // z = W0 h0 + W1 (h1 + h2) / 2 + W2 (h3 + h4) / 2, from the products of each state with all.
  @Test func `each state takes its own part of the head`() throws {
    let kind = try kind(labels: ["no", "yes"])
    #expect(kind.outputCount == 6)
    var random = SeededRandom(seed: 4)
    let outputs = random.tensor([10, 6], in: -2...2)
    func logit(_ example: Int, _ label: Int) -> Float {
      func output(_ state: Int, _ part: Int) -> Float {
        outputs.values[(5 * example + state) * 6 + 2 * part + label]
      }
      return output(0, 0) + (output(1, 1) + output(2, 1)) / 2 + (output(3, 2) + output(4, 2)) / 2
    }
    let logits = (0..<2).map { example in (0..<2).map { logit(example, $0) } }
    let loss = kind.loss(of: Variable(outputs), for: [1, 0], scale: 0.5, zLoss: 0)
    let expected = crossEntropy(
      Variable(Tensor(logits.flatMap(\.self), shape: [2, 2])), labels: [1, 0], scale: 0.5)
    expectClose(loss.value, expected.value)
    for example in 0..<2 {
      let own = Array(outputs.values[30 * example..<30 * (example + 1)])
      let answer = kind.answer(from: [own], of: [], to: Question("t"), by: .none)
      let likelier = logits[example][1] > logits[example][0] ? "yes" : "no"
      #expect(answer.text == likelier)
    }
    checkGradients(of: [outputs]) { kind.loss(of: $0[0], for: [1, 0], scale: 1, zLoss: 0) }
  }

  @Test func `labels are scored as those of texts`() throws {
    let examples = SpanPairSet(
      examples: ["a", "b", "b"].enumerated().map {
        SpanPairExample(text: "t", spans: [0..<1, 0..<1], label: $1, line: $0 + 1)
      }, url: URL(filePath: "d.jsonl"))
    let task = try kind().completed(by: examples)
    #expect(task.labels == ["a", "b"])
    let kind = SpanPairClassification(task)
    let answers = ["a", "a", "b"].map { Evaluation.Answer(text: $0, probability: 1) }
    let evaluation = try kind.evaluation(of: answers, to: examples, name: "p")
    #expect(evaluation.metrics["accuracy"] == 2 / 3.0)
    #expect(evaluation.baseline["accuracy"] == 2 / 3.0)
    #expect(try kind.baseline(of: examples, on: examples)["accuracy"] == 2 / 3.0)
    #expect(try kind.target(of: 2, in: examples, read: []) == 1)
    var other = examples
    other.examples[1].label = "c"
    #expect(complaint { try kind.check(other) }.hasPrefix("d.jsonl, line 2: the label \"c\""))
  }
}
