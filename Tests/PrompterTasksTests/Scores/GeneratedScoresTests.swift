// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTestSupport
import Testing

@testable import PrompterTasks

/// A thousand generated cases each, with ties and empty ones, scored by scikit-learn and by the
/// rules of the data sets' own scripts; Scripts/make-score-fixtures.py makes the same cases.
@Suite struct GeneratedScoresTests {
  private func expected(_ name: String) throws -> [[Double]] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Fixtures/scores").standardizedFileURL
    let lines = try String(contentsOf: folder.appending(path: "\(name).jsonl"), encoding: .utf8)
      .split(separator: "\n")
    #expect(lines.count == 1000)
    return try lines.map { try JSONDecoder().decode([Double].self, from: Data($0.utf8)) }
  }

  private func expect(_ scores: [Double], _ expected: [Double], _ name: String, _ number: Int) {
    let gap = zip(scores, expected).map { abs($0 - $1) }.max() ?? 1
    #expect(gap < 1e-9, "\(name) \(number): \(scores), not \(expected)")
  }

  @Test func `labels are scored as scikit-learn does`() throws {
    for (number, expected) in try expected("labels").enumerated() {
      var random = SeededRandom(seed: number)
      func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
      let (classes, count) = (2 + below(4), below(41))
      var answers = (0..<count).map { _ in below(classes) }
      var right = (0..<count).map { _ in below(classes) }
      let same = below(10)
      if same < 2 {
        let all = Array(repeating: below(classes), count: count)
        if same == 1 { answers = all } else { right = all }
      }
      let scores = [Metric.accuracy, .f1, .macroF1, .matthews].map {
        $0.value(predictions: answers, references: right, labelCount: classes)
      }
      expect(scores, expected, "labels", number)
    }
  }

  @Test func `MultiRC's answers are scored as its script does`() throws {
    let kind = TextClassification(
      TaskDescription(
        kind: .textClassification, preset: "multirc", labels: ["0", "1"],
        metrics: TextClassification.multircMetrics))
    for (number, expected) in try expected("multirc").enumerated() {
      var random = SeededRandom(seed: 10_000 + number)
      func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
      var (examples, answers) = ([Example](), [Evaluation.Answer]())
      for question in 0..<below(9) {
        for _ in 0..<1 + below(5) {
          let (truth, agrees) = (below(2), below(3) > 0)
          examples.append(Example(text: "t", label: "\(truth)", group: "\(question)"))
          answers.append(
            Evaluation.Answer(text: "\(agrees ? truth : 1 - truth)", probability: 1))
        }
      }
      let scores = try kind.evaluation(
        of: answers, to: Dataset(examples: examples, url: URL(filePath: "d")), name: "p"
      ).metrics
      expect(
        [scores["f1"] ?? -1, scores["question_exact_match"] ?? -1], expected, "multirc", number)
    }
  }

  private static let words = [
    "the", "The", "a", "An", "Ann", "ann", "Ann's", "Bob.", "New", "York", "new-york", "U.S.", "",
    "\u{E9}t\u{E9}", "\"", "the.", "49ers", "of",
  ]

  @Test func `ReCoRD's entities are scored as its script does`() throws {
    let kind = MultipleChoice(try #require(.preset("record")))
    for (number, expected) in try expected("record").enumerated() {
      var random = SeededRandom(seed: 20_000 + number)
      func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
      func entity() -> String {
        (0..<1 + below(3)).map { _ in Self.words[below(Self.words.count)] }.joined(separator: " ")
      }
      var (examples, answers) = ([ChoiceExample](), [Evaluation.Answer]())
      for _ in 0..<below(6) {
        let answer = entity()
        var right = (0..<1 + below(3)).map { _ in entity() }
        if below(4) == 0 { right[0] = answer.uppercased() }
        answers.append(Evaluation.Answer(text: answer, probability: 1))
        examples.append(
          ChoiceExample(
            text: "t", pair: "@placeholder", choices: [answer], right: [], answers: right))
      }
      let set = ChoiceSet(examples: examples, url: URL(filePath: "d"))
      let scores = try kind.evaluation(of: answers, to: set, name: "p").metrics
      expect([scores["token_f1"] ?? -1, scores["exact_match"] ?? -1], expected, "record", number)
    }
  }
}
