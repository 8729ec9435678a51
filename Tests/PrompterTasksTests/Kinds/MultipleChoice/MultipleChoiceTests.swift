// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterAutodiff
import PrompterJSON
import PrompterTensor
import PrompterTestSupport
import Testing

@testable import PrompterTasks

@Suite struct MultipleChoiceTests {
  private func kind(_ name: String = "multiple-choice") throws -> MultipleChoice {
    MultipleChoice(try #require(TaskDescription.preset(name)))
  }

  private func set(_ examples: [ChoiceExample]) -> ChoiceSet {
    ChoiceSet(examples: examples, url: URL(filePath: "d.jsonl"))
  }

  private func answers(_ texts: [String]) -> [Evaluation.Answer] {
    texts.map { Evaluation.Answer(text: $0, probability: 0.5) }
  }

  @Test func `a query has its choices in a list or in columns`() throws {
    let kind = try kind()
    let asked = Question("Q?", choices: ["a", "b"])
    #expect(try kind.question(of: Query("Q?", choices: ["a", "b"])) == asked)
    #expect(
      try kind.question(of: Query("Q?", columns: ["choice1": "a", "choice2": "b"])) == asked)
    #expect(
      try kind.question(of: Query(columns: ["text": "Q?", "choices": #"["a","b"]"#])) == asked)
    #expect(
      try kind.question(of: Query("Q?", context: "C.", choices: ["a"]))
        == Question("C.", "Q?", choices: ["a"]))
    #expect(throws: TextProblem.noColumn("choices")) { try kind.question(of: Query("Q?")) }
    #expect(throws: TextProblem.self) {
      try kind.question(of: Query("Q?", columns: ["choices": "a"]))
    }
  }

  @Test func `presets ask as their data sets do`() throws {
    let copa = try kind("copa")
    let columns = ["premise": "It fell.", "question": "effect", "choice1": "a", "choice2": "b"]
    #expect(
      try copa.question(of: Query(columns: columns))
        == Question("It fell. so", choices: ["a", "b"]))
    #expect(throws: TextProblem.noColumn("question")) {
      try copa.question(of: Query("It fell.", choices: ["a", "b"]))
    }
    #expect(throws: TextProblem.unfitColumn("question", expected: "\"cause\" or \"effect\"")) {
      try copa.question(of: Query(columns: columns.merging(["question": "why"]) { $1 }))
    }
    let record = try kind("record")
    #expect(
      try record.question(
        of: Query(
          columns: ["passage": "P", "query": "@placeholder ran", "entities": #"["A", "B"]"#]))
        == Question("P", "@placeholder ran", choices: ["A", "B"]))
    #expect(throws: TextProblem.self) {
      try record.question(of: Query(columns: ["query": "ran", "entities": "[\"A\"]"]))
    }
    #expect(record.preset.second("@placeholder and @placeholder", "A") == "A and A")
    #expect(try kind().preset.second("Q?", "a") == "Q? a" && kind().preset.second(nil, "a") == "a")
  }

  @Test func `the loss is that of any right choice`() throws {
    let kind = try kind("record")
    let outputs = Variable(Tensor([1, 2, 0, 3, -1], shape: [5, 1]))
    let examples = set([
      ChoiceExample(text: "t", choices: ["a", "b", "c"], right: [0, 2], line: 1),
      ChoiceExample(text: "t", choices: ["a", "b"], right: [], answers: ["z"], line: 2),
    ])
    let targets = [
      MultipleChoice.Target(count: 3, right: [0, 2]), MultipleChoice.Target(count: 2, right: []),
    ]
    #expect(examples.examples.map(\.answers) == [["a", "c"], ["z"]])
    let loss = kind.loss(of: outputs, for: targets, scale: 0.5, zLoss: 0).value.values[0]
    let all = exp(1.0) + exp(2.0) + 1
    #expect(abs(Double(loss) + log((exp(1.0) + 1) / all) / 2) < 1e-6)
    #expect(MultipleChoice.numbers(of: targets[0]) == [3, 0, 2])
  }

  @Test func `an answer tells the choice, its place and all probabilities`() throws {
    let answer = ChoiceAnswer(scores: [0, 1, 1], of: ["a", "b", "b"])
    #expect(answer.index == 1 && answer.text == "b" && answer.label == "b")
    #expect(abs(answer.probabilities.reduce(0, +) - 1) < 1e-12)
    let half = ChoiceAnswer(scores: [0, 0], of: ["a", "\"b\""])
    #expect(
      JSONValue.object(half.members(top: nil)).line
        == #"{"choice":"a","index":0,"probability":0.5,"choices":["#
        + #"{"index":0,"choice":"a","probability":0.5},{"index":1,"choice":"\"b\"","probability":0.5}]}"#
    )
    let first = JSONValue.object(answer.members(top: 1)).line
    #expect(first.contains(#""choices":[{"index":1,"choice":"b""#) && !first.contains("\"a\""))
    let kind = try kind()
    #expect(
      kind.answer(
        from: [[0], [3]], of: [], to: Question("t", choices: ["a", "b"]), by: .none
      ).text == "b")
  }

  @Test func `the baseline takes the place that is right most often`() throws {
    let kind = try kind()
    let training = set(
      [1, 1, 0].map { ChoiceExample(text: "t", choices: ["a", "b"], right: [$0]) })
    let examples = set([
      ChoiceExample(text: "t", choices: ["a", "b", "c"], right: [1]),
      ChoiceExample(text: "t", choices: ["a"], right: [0]),
      ChoiceExample(text: "t", choices: ["a", "b"], right: [0]),
    ])
    #expect(try kind.baseline(of: training, on: examples) == ["accuracy": 2 / 3.0])
    let evaluation = try kind.evaluation(of: answers(["b", "a", "b"]), to: examples, name: "p")
    #expect(evaluation.metrics == ["accuracy": 2 / 3.0] && evaluation.labels.isEmpty)
    #expect(evaluation.baseline == ["accuracy": 2 / 3.0] && evaluation.probabilityScores == nil)
    #expect(try kind.baseline(of: training, on: set([])) == ["accuracy": 0])
  }

  @Test func `examples without an answer or a choice are refused`() throws {
    let kind = try kind()
    let bare = set([ChoiceExample(text: "t", choices: ["a", "b"], right: [], line: 4)])
    #expect(
      complaint { try kind.check(bare) } == "d.jsonl, line 4 has no label, and one is needed here.")
    var outside = bare
    outside.examples[0].right = [2]
    #expect(complaint { try kind.check(outside) }.hasPrefix("d.jsonl, line 4: of 2 choices"))
    #expect(complaint { try kind.completed(by: set([])) } == "d.jsonl holds no examples.")
  }

  @Test func `a temperature is told only where one choice is right`() throws {
    let kind = try kind()
    let outputs = (0..<40).map { [[Float($0 % 10 == 0 ? -9 : 9)], [0]] }
    let targets = outputs.map { _ in MultipleChoice.Target(count: 2, right: [0]) }
    #expect(try #require(kind.temperature(of: outputs, for: targets)).value > 2)
    let several = outputs.map { _ in MultipleChoice.Target(count: 2, right: [0, 1]) }
    #expect(kind.temperature(of: outputs, for: several) == nil)
  }
}
