// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterCore
import PrompterNN
import PrompterTasks
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

@Suite(.namesValues) struct TrainerLearningTests {
  @Test(arguments: [
    "plain", "dropping", "mlp", "layers", "random", "vocabulary", "labels", "text", "prompt",
    "head-only", "fine-tuning",
  ])
  func `every method learns to tell the labels apart`(method: String) throws {
    let card = try Toy.train(method, Toy.plan(.epochs(10)), on: Toy.more).prompt.card
    let (first, last) = (try #require(card.history.first), try #require(card.history.last))
    #expect(last.loss < 0.7 * first.loss)
    #expect(try #require(card.best?.metrics["accuracy"]) >= 0.8)
    #expect(card.baseline["accuracy"] == 0.5)
  }

  @Test(arguments: [0, 1_100_000], ["labels", "random:code"])
  func `prompt tuning learns with Adafactor, wherever it counts from`(
    start: Int, method: String
  ) throws {
    var options = AdafactorOptions()
    options.startStep = start
    let plan = Toy.plan(.epochs(10)) {
      ($0.optimizer, $0.weightDecay, $0.zLoss) = (.adafactor(options), 1e-5, 1e-4)
      ($0.schedule, $0.gradientNormLimit) = (.constant, nil)
    }
    let card = try Toy.train(method, plan, on: Toy.more).prompt.card
    let (first, last) = (try #require(card.history.first), try #require(card.history.last))
    #expect(last.loss < 0.7 * first.loss)
    #expect(try #require(card.best?.metrics["accuracy"]) >= 0.8)
    #expect(card.plan?.optimizer == .adafactor(options))
  }

  @Test(arguments: Pooling.allCases, ["plain", "vocabulary"])
  func `every pooling learns from pairs`(pooling: Pooling, method: String) throws {
    let outcome = try Toy.trainer(method, Toy.plan(.epochs(10)), pooling: pooling).train(
      task: Toy.task, training: Toy.dataset(48, seed: 5, pairs: true),
      validation: Toy.dataset(30, seed: 6, pairs: true))
    #expect(try #require(outcome.prompt.card.best?.metrics["accuracy"]) >= 0.8)
    #expect(outcome.prompt.card.pooling == pooling)
  }

  @Test func `labels are read from the training data if the task has none`() throws {
    var task = Toy.task
    task.labels = []
    let names = ["no", "perhaps", "yes"]
    let outcome = try Toy.trainer("plain", Toy.plan(.epochs(10))).train(
      task: task, training: Toy.dataset(150, seed: 7, labels: names),
      validation: Toy.dataset(30, seed: 8, labels: names))
    #expect(outcome.prompt.card.labels == names)
    #expect(outcome.prompt.head?.weight.shape == [3, 32])
    #expect(try #require(outcome.prompt.card.best?.metrics["accuracy"]) >= 0.7)
  }

  @Test func `a prompt starts from another one`() throws {
    let first = try Toy.train("layers", Toy.plan(.steps(4))).prompt
    let trainer = Trainer(
      model: try Toy.model(), method: .pTuningV2(dropout: 0, start: first.folded),
      plan: Toy.plan(.steps(1)) { ($0.learningRate, $0.schedule) = (0, .constant) })
    let second = try trainer.train(task: Toy.task, training: Toy.training).prompt
    expectSameBits(
      try #require(second.folded.deep?.table), try #require(first.folded.deep?.table))
    #expect(second.card.promptLayers == [2, 3])
    #expect(second.card.promptLength == 6)
  }

  @Test func `without validation data the last prompt is returned`() throws {
    func values(_ steps: Int) throws -> Prompt {
      let plan = Toy.plan(.steps(steps)) { ($0.schedule, $0.evaluation) = (.constant, .steps(2)) }
      return try Toy.trainer("plain", plan).train(task: Toy.task, training: Toy.training).prompt
    }
    let (five, six) = (try values(5), try values(6))
    #expect(largestGap(five, six) > 0)
    #expect(five.card.history.map(\.step) == [2, 4, 5])
    #expect(five.card.history.allSatisfy { $0.metrics.isEmpty })
    #expect(five.card.baseline.isEmpty)
  }

  @Test func `the best prompt is kept and scores what its history says`() throws {
    // A rate so high that scores go up and down.
    let plan = Toy.plan(.steps(40)) {
      ($0.learningRate, $0.schedule, $0.evaluation) = (0.15, .constant, .steps(3))
    }
    let prompt = try Toy.train("dropping", plan).prompt
    let scores = prompt.card.history.compactMap { $0.metrics["accuracy"] }
    #expect(Set(scores).count > 1)
    #expect(prompt.card.best?.metrics["accuracy"] == scores.max())
    let firstBest = prompt.card.history.first { $0.metrics["accuracy"] == scores.max() }
    #expect(prompt.card.best?.epoch == firstBest?.epoch)
    let predictor = try Predictor(model: Toy.model(), prompts: [("toy", prompt)])
    #expect(
      try predictor.evaluate("toy", on: Toy.validation).metrics == prompt.card.best?.metrics)
  }

  @Test func `the metric that is asked for chooses the best prompt`() throws {
    let plan = Toy.plan(.steps(12)) {
      ($0.learningRate, $0.schedule, $0.evaluation) = (0.05, .constant, .steps(1))
    }
    let task = try #require(Toy.task.selecting(by: "f1"))
    let prompt = try Toy.trainer("plain", plan).train(
      task: task, training: Toy.training, validation: Toy.validation
    ).prompt
    let scores = prompt.card.history.compactMap { $0.metrics["f1"] }
    #expect(scores.count == 12)
    #expect(prompt.card.best?.metrics["f1"] == scores.max())
    #expect(
      prompt.card.best?.epoch
        == prompt.card.history[scores.firstIndex(of: scores.max() ?? 0) ?? 0].epoch)
    #expect(prompt.card.task.selectingMetric == "f1")
  }

  @Test func `a loss that ends above its start is told`() throws {
    func rise(_ rate: Double) throws -> LossRise? {
      let plan = Toy.plan(.steps(40)) {
        ($0.learningRate, $0.schedule, $0.gradientNormLimit) = (rate, .constant, nil)
      }
      return try Toy.train("head-only", plan).lossRise
    }
    #expect(try rise(0.02) == nil)
    let high = try #require(try rise(30))
    #expect(high.end > high.start)
    #expect(high.description.hasPrefix("The training loss rose from 0."))
    #expect(high.description.hasSuffix("; try a lower learning rate than 30.0."))
  }

  @Test func `texts that the vocabulary does not know are told at the start`() throws {
    var foreign = Toy.training
    for index in foreign.examples.indices where index % 4 != 0 {
      foreign.examples[index].text =
        "\u{8FD9}\u{90E8}\u{7535}\u{5F71} \(foreign.examples[index].text)"
    }
    func warnings(_ training: Dataset) throws -> [DataWarning] {
      var found: [DataWarning] = []
      _ = try Toy.trainer("head-only", Toy.plan(.steps(1))).train(
        task: Toy.task, training: training, validation: Toy.validation
      ) {
        if case .started(let start) = $0 { found = start.warnings }
      }
      return found
    }
    #expect(try warnings(Toy.training).isEmpty)
    let found = try warnings(foreign)
    #expect(found.count == 1)
    guard case .unknownPieces("toy-1.jsonl", let share) = found.first else {
      Issue.record("\(found)")
      return
    }
    #expect(share > 0.3 && share < 0.6)
  }

  @Test func `training ends when patience does`() throws {
    let plan = Toy.plan(.steps(200)) {
      ($0.learningRate, $0.schedule, $0.evaluation, $0.patience) = (0.05, .constant, .steps(4), 3)
    }
    let outcome = try Toy.train("plain", plan)
    let scores = outcome.prompt.card.history.compactMap { $0.metrics["accuracy"] }
    #expect(outcome.step < 200)
    #expect(!outcome.wasInterrupted)
    #expect(outcome.step == 4 * scores.count)
    let best = try #require(scores.firstIndex(of: scores.max() ?? 0))
    #expect(scores.count - 1 - best == 3)
  }

  @Test func `evaluations come every so many steps and at the end`() throws {
    var steps: [Int] = []
    let plan = Toy.plan(.steps(11)) { $0.evaluation = .steps(4) }
    _ = try Toy.trainer("head-only", plan).train(
      task: Toy.task, training: Toy.training, validation: Toy.validation
    ) {
      if case .evaluated(let report, _) = $0 { steps.append(report.step) }
    }
    #expect(steps == [4, 8, 11])
  }

  @Test(arguments: Schedule.allCases)
  func `the rate rises through the warm-up and then follows its schedule`(
    schedule: Schedule
  ) throws {
    var rates: [Double] = []
    let plan = Toy.plan(.epochs(2)) { ($0.schedule, $0.warmup) = (schedule, 4) }
    _ = try Toy.trainer("head-only", plan).train(task: Toy.task, training: Toy.training) {
      if case .step(let report) = $0 { rates.append(report.rate) }
    }
    let expected = (0..<12).map { step in
      let share = Double(step - 4) / 8
      let factor =
        switch schedule {
        case _ where step < 4: Double(step) / 4
        case .linear: 1 - share
        case .constant: 1.0
        case .cosine: (1 + cos(.pi * share)) / 2
        case .exponential: step < 6 ? 1 : 0.95
        }
      return 0.02 * factor
    }
    #expect(rates.count == 12)
    #expect(zip(rates, expected).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func `accumulated batches make the step of one large batch`() throws {
    func first(_ batchSize: Int, _ accumulation: Int) throws -> TrainingOutcome {
      let plan = Toy.plan(.steps(1)) {
        ($0.batchSize, $0.gradientAccumulation, $0.learningRate) = (batchSize, accumulation, 1e-3)
      }
      return try Toy.train("dropping", plan)
    }
    let (large, small) = (try first(12, 1), try first(4, 3))
    #expect(largestGap(large.prompt, small.prompt) < 1e-5)
    #expect(
      abs(large.prompt.card.history[0].loss - small.prompt.card.history[0].loss) < 1e-6)
  }
}
