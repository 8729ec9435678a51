// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterMethods
import PrompterTasks
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

/// Opinions with marks out of some hundreds, in the few words that the tiny BERT of the fixtures
/// knows.
private enum Marks {
  static let task = TaskDescription(
    kind: .textRegression,
    metrics: [MetricName(rawValue: "pearson"), MetricName(rawValue: "spearman")])

  // What each word is worth; a text is worth what both of its words are.
  private static let worth: [(word: String, marks: Int)] = [
    ("worst", -200), ("dull", -100), ("long", 0), ("fun", 100), ("best", 200),
  ]

  static func dataset(_ count: Int, seed: Int) -> Dataset {
    var random = SeededRandom(seed: seed)
    let examples = (0..<count).map { index in
      let (first, second) = (worth[Int(random.next() % 5)], worth[Int(random.next() % 5)])
      return Example(
        text: "the \(first.word) story was \(second.word)",
        label: "\(500 + first.marks + second.marks)", line: index + 1)
    }
    return Dataset(examples: examples, url: URL(filePath: "marks-\(seed).jsonl"))
  }

  static let (training, validation) = (dataset(96, seed: 1), dataset(40, seed: 2))

  static func train(
    _ method: String, _ plan: TrainingPlan, pooling: Pooling? = .mean, folder: URL? = nil,
    resuming: Bool = false, isInterrupted: () -> Bool = { false }
  ) throws -> TrainingOutcome {
    try Toy.trainer(method, plan, pooling: pooling).train(
      task: task, training: training, validation: validation, folder: folder, resuming: resuming,
      isInterrupted: isInterrupted)
  }
}

@Suite struct TextRegressionTrainingTests {
  @Test(arguments: ["plain", "random"])
  func `marks in the hundreds are learnt at the usual rate`(method: String) throws {
    let prompt = try Marks.train(method, Toy.plan(.epochs(8))).prompt
    let best = try #require(prompt.card.best?.metrics)
    #expect(try #require(best["pearson"]) > 0.8)
    #expect(prompt.card.baseline == ["pearson": 0, "spearman": 0])
    #expect(prompt.card.best?.temperature == nil && prompt.card.labels.isEmpty)
    let head = try #require(prompt.head)
    #expect(head.weight.shape == [1, 32] && head.bias.shape == [1])
    // The loss is in squared marks: the variance of two such words is 40,000.
    let losses = prompt.card.history.map(\.loss)
    #expect(losses[0] < 80_000 && losses[losses.count - 1] < 20_000)
  }

  @Test func `a head alone is solved, and steps find none that is better`() throws {
    let prompt = try Marks.train("head-only", Toy.plan(.converged)).prompt
    let fit = try #require(prompt.card.headFit)
    #expect(fit.hasConverged && fit.iterations == 0 && fit.score > 0.8)
    #expect(prompt.card.history.map(\.loss) == [fit.loss])
    let stepped = try Marks.train("head-only", Toy.plan(.epochs(40))).prompt
    #expect(fit.loss < (stepped.card.history.last?.loss ?? 0) * 1.05)
  }

  @Test func `told to stop, a run can be resumed to the same bits`() throws {
    let bench = try PromptBench()
    defer { withExtendedLifetime(bench) {} }
    let whole = try Marks.train("dropping", Toy.plan(.epochs(2))).prompt
    var steps = 0
    let part = try Marks.train("dropping", Toy.plan(.epochs(2)), folder: bench.folder) {
      steps += 1
      return steps == 5
    }
    #expect(part.wasInterrupted)
    let resumed = try Marks.train(
      "dropping", Toy.plan(.epochs(2)), folder: bench.folder, resuming: true
    ).prompt
    expectSameTraining(resumed, whole)
  }

  @Test func `a prompt that is written answers with the same numbers when it is read`() throws {
    let bench = try PromptBench()
    let prompt = try Marks.train("plain", Toy.plan(.steps(20))).prompt
    try prompt.write(to: bench.prompt)
    let read = try Prompt(contentsOf: bench.prompt)
    func numbers(_ prompt: Prompt) throws -> Evaluation {
      try Predictor(model: Toy.model(), prompts: [("marks", prompt)]).evaluate(
        "marks", on: Marks.validation)
    }
    let (ours, theirs) = (try numbers(prompt), try numbers(read))
    #expect(ours.answers == theirs.answers)
    #expect(ours.metrics == theirs.metrics)
    #expect(ours.baseline == ["pearson": 0, "spearman": 0])
    let best = try #require(prompt.card.best?.metrics["pearson"])
    #expect(abs(try #require(ours.metrics["pearson"]) - best) < 1e-9)
    let summary = try PromptSummary(contentsOf: bench.prompt)
    #expect(summary.labels.isEmpty && summary.baselineName == "mean")
  }

  @Test func `beside a prompt of another kind each answers the same bits as alone`() throws {
    let prompts = [
      (name: "marks", prompt: try Marks.train("plain", Toy.plan(.steps(8))).prompt),
      (name: "labels", prompt: try Toy.train("layers", Toy.plan(.steps(8))).prompt),
    ]
    let queries = Marks.validation.examples.flatMap { example in
      prompts.map { Query(example.text, task: $0.name) }
    }
    let together = try Predictor(model: Toy.model(), prompts: prompts).predict(queries)
    for named in prompts {
      let own = queries.indices.filter { queries[$0].task == named.name }
      let alone = try Predictor(model: Toy.model(), prompts: [named]).predict(
        own.map { queries[$0] })
      #expect(own.map { together[$0] } == alone)
    }
    let answer = try #require(together.first)
    #expect(answer.content is NumberAnswer && answer.label == nil && answer.text == nil)
  }

  @Test func `prompts vote by their mean`() throws {
    let prompts = try (1...2).map { seed in
      let plan = Toy.plan(.steps(6)) { $0.seed = UInt64(seed) }
      return (name: "p\(seed)", prompt: try Marks.train("plain", plan).prompt)
    }
    let together = try Predictor(model: Toy.model(), prompts: prompts).evaluateEnsemble(
      prompts.map(\.name), on: Marks.validation)
    for example in Marks.validation.examples.indices {
      let numbers = together.members.map { Double($0.answers[example].text) ?? .nan }
      #expect(together.vote.answers[example].text == "\((numbers[0] + numbers[1]) / 2)")
    }
  }

  @Test func `PEFT's adapter of a regression is read as one`() throws {
    let bench = try PromptBench()
    let prompt = try Marks.train(
      "plain", Toy.plan(.steps(4)), pooling: .pooler
    ).prompt
    #expect(prompt.peftObstacle == nil)
    let adapter = bench.folder.appending(component: "adapter")
    try prompt.writeAdapter(to: adapter)
    let read = try Prompt(contentsOf: adapter)
    #expect(read.card.task.kind == .textRegression && read.card.labels.isEmpty)
    for (a, b) in zip(read.allTensors, prompt.allTensors) { expectSameBits(a, b) }
    #expect(try !PromptSummary(contentsOf: adapter).warnings.contains { $0.contains("numbered") })
  }

  @Test func `a fine-tuned model says that it is a regression`() throws {
    let bench = try PromptBench()
    let prompt = try Marks.train("fine-tuning", Toy.plan(.steps(2)), pooling: .pooler).prompt
    try prompt.writeModel(to: bench.prompt, from: Toy.model())
    let data = try Data(contentsOf: bench.prompt.appending(component: "config.json"))
    let values = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(values["problem_type"] as? String == "regression")
    #expect(values["id2label"] as? [String: String] == ["0": "LABEL_0"])
  }
}
