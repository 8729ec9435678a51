// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterCore
import PrompterTasks
import PrompterTestSupport
import PrompterToySupport
import Testing

@Suite struct TextTrainingTests {
  @Test(arguments: ["decoder", "deep", "end", "fine-tuning", "input"])
  func `a prompt tells the model what to write`(name: String) throws {
    let trainer = try ToyTexts.trainer(name, ToyTexts.plan(.epochs(12)))
    let outcome = try trainer.train(
      task: ToyTexts.task, training: ToyTexts.dataset(96, seed: 1),
      validation: ToyTexts.validation)
    let card = outcome.prompt.card
    let accuracy = try #require(card.best?.metrics["accuracy"])
    // Without a cue every second answer is the first word, and a third of the labels are alike.
    #expect(accuracy > 0.9, "\(card.history.map(\.metrics))")
    #expect(card.baseline["accuracy"] == 1.0 / 3)
    #expect(outcome.prompt.head == nil && card.pooling == nil)
    #expect(card.task.labels == ToyTexts.labels)
  }

  @Test func `labels that the task does not know are those of the training data`() throws {
    let trainer = try ToyTexts.trainer("input", ToyTexts.plan(.steps(1)))
    let outcome = try trainer.train(task: .labelsAsTexts, training: ToyTexts.training)
    #expect(outcome.prompt.card.labels == ToyTexts.labels)
  }

  @Test(arguments: ToyTexts.methodNames)
  func `a run that is paused ends like one that is not`(name: String) throws {
    let bench = try PromptBench()
    let plan = ToyTexts.plan(.steps(9)) {
      ($0.backboneDropout, $0.evaluation) = (0.1, .steps(4))
      if name == "input" { $0.optimizer = .adafactor() }
    }
    let trainer = try ToyTexts.trainer(name, plan)
    func run(pausingAt pause: Int, resuming: Bool) throws -> TrainingOutcome {
      var left = pause
      return try trainer.train(
        task: ToyTexts.task, training: ToyTexts.training, validation: ToyTexts.validation,
        folder: bench.folder, resuming: resuming,
        isInterrupted: {
          left -= 1
          return left == 0
        })
    }
    #expect(try run(pausingAt: 5, resuming: false).wasInterrupted)
    let paused = try run(pausingAt: .max, resuming: true)
    expectSameTraining(paused.prompt, try ToyTexts.train(name, plan).prompt)
  }

  @Test(arguments: ["both", "deep"])
  func `the number of threads decides nothing but the last bits`(name: String) throws {
    let plan = ToyTexts.plan(.steps(3)) { $0.backboneDropout = 0.1 }
    let one = try ToyTexts.train(name, plan).prompt
    for threads in 2...3 {
      var shared = plan
      shared.threads = threads
      #expect(largestGap(one, try ToyTexts.train(name, shared).prompt) < 1e-3)
    }
  }

  @Test func `the number of threads decides next to nothing in fine-tuning`() throws {
    let plan = ToyTexts.plan(.steps(3)) { $0.backboneDropout = 0.1 }
    let one = try ToyTexts.train("fine-tuning", plan).prompt
    for threads in 2...3 {
      var shared = plan
      shared.threads = threads
      // AdamW moves a weight whose gradient is nothing but rounding by the rate, either way.
      let gaps = gaps(one, try ToyTexts.train("fine-tuning", shared).prompt)
      #expect(gaps.count { $0 > 1e-3 } * 1000 < gaps.count)
      #expect(gaps.allSatisfy { $0 < 0.02 })  // three steps of 0.003, each way
    }
  }

  @Test func `accumulated batches make the same step as a large one`() throws {
    let large = ToyTexts.plan(.steps(2)) { $0.batchSize = 12 }
    let small = ToyTexts.plan(.steps(2)) { ($0.batchSize, $0.gradientAccumulation) = (4, 3) }
    let (first, second) = (
      try ToyTexts.train("input", large).prompt, try ToyTexts.train("input", small).prompt
    )
    #expect(largestGap(first, second) < 1e-3)
  }

  @Test func `what cannot be trained is refused in one sentence`() throws {
    let (task, training) = (ToyTexts.task, ToyTexts.training)
    func refusal(_ trainer: Trainer) -> String {
      do {
        _ = try trainer.train(task: task, training: training)
        return "nothing"
      } catch {
        return "\(error)"
      }
    }
    let bert = try Toy.trainer("plain")
    #expect(refusal(bert).contains("has no decoder"))
    let head = try Trainer(model: ToyTexts.model(), method: .headOnly, plan: ToyTexts.plan())
    #expect(refusal(head).contains("answers that are texts have no head"))
    let decoder = try Trainer(
      model: Toy.model(),
      method: .promptTuning(promptLength: 2, initialization: .random, decoderLength: 2),
      plan: Toy.plan())
    #expect(throws: TrainingError.self) {
      try decoder.train(task: Toy.task, training: Toy.training)
    }
    let empty = TextToTextDataset(examples: [], url: URL(filePath: "empty.jsonl"))
    #expect(throws: DataError.noExamples(file: "empty.jsonl")) {
      try ToyTexts.trainer("input").train(task: task, training: empty)
    }
  }
}
