// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterKernels
import PrompterTasks
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

@Suite(.namesValues) struct HeadFittingTests {
  private func fitted(
    threads: Int = 1, validation: Dataset? = Toy.validation, seed: UInt64 = 3,
    report: (TrainingEvent) -> Void = { _ in }
  ) throws -> TrainingOutcome {
    let plan = Toy.plan(.converged) { ($0.threads, $0.seed) = (threads, seed) }
    return try Toy.trainer("head-only", plan).train(
      task: Toy.task, training: Toy.more, validation: validation, report: report)
  }

  @Test func `a head alone is fitted until it has converged`() throws {
    let card = try fitted().prompt.card
    let fit = try #require(card.headFit)
    #expect(fit.hasConverged)
    #expect(fit.l2 > 0)
    #expect(fit.score > 0.5)
    #expect(card.history.map(\.step) == [1])
    #expect(card.history.map(\.loss) == [fit.loss])
    #expect(card.plan?.duration == .converged)
    #expect(try #require(card.best?.metrics["accuracy"]) >= 0.8)
  }

  @Test func `no head that steps lead to fits as well under the same penalty`() throws {
    // The penalized loss of a head by the card's numbers.
    func penalized(_ prompt: Prompt, loss: Double, l2: Double) throws -> Double {
      let weight = try #require(prompt.head?.weight)
      return loss + l2 / 2 * Double(weight.values.reduce(0) { $0 + $1 * $1 })
    }
    let ours = try fitted().prompt
    let fit = try #require(ours.card.headFit)
    let stepped = try Toy.trainer("head-only", Toy.plan(.epochs(60))).train(
      task: Toy.task, training: Toy.more
    ).prompt
    // The rate falls to 0, so the last epoch's mean loss is the last head's.
    let last = try #require(stepped.card.history.last)
    let best = try penalized(ours, loss: fit.loss, l2: fit.l2)
    let other = try penalized(stepped, loss: last.loss, l2: fit.l2)
    #expect(best < other + 1e-3)
  }

  @Test func `the number of threads and validation data change no bit of it`() throws {
    let first = try fitted().prompt
    for other in [try fitted(threads: 3).prompt, try fitted(validation: nil).prompt] {
      for (a, b) in zip(first.allTensors, other.allTensors) { expectSameBits(a, b) }
    }
  }

  @Test func `it tells how far it is`() throws {
    var shares: [Double] = []
    _ = try fitted { event in
      if case .step(let step) = event { shares.append(step.epoch) }
    }
    #expect(shares.count > 3)
    #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(shares.allSatisfy { (0...1).contains($0) })
  }

  @Test func `a prompt's head may start from a probe, whose score then counts`() throws {
    let plan = Toy.plan(.epochs(3)) { $0.headStart = .probe }
    let card = try Toy.trainer("plain", plan).train(
      task: Toy.task, training: Toy.more, validation: Toy.validation
    ).prompt.card
    #expect(card.history.map(\.epoch) == [0, 1, 2, 3])
    #expect(card.history[0].step == 0)
    #expect(try #require(card.history[0].metrics["accuracy"]) >= 0.7)
    #expect(card.history[0].loss == card.headFit?.loss)
    #expect(card.headFit?.hasConverged == true)
    #expect(card.history[1].loss < card.history[0].loss + 0.2)
  }

  @Test func `without validation data a start is no candidate`() throws {
    let plan = Toy.plan(.epochs(2)) { $0.headStart = .probe }
    let card = try Toy.trainer("plain", plan).train(
      task: Toy.task, training: Toy.more
    ).prompt.card
    #expect(card.history.map(\.epoch) == [1, 2])
    #expect(card.best?.epoch == 2)
  }

  @Test(arguments: ["vocabulary", "mlp", "layers", "fine-tuning", "head-only"])
  func `every method's head may start from a probe`(method: String) throws {
    let plan = Toy.plan(.epochs(1)) { ($0.headStart, $0.learningRate) = (.probe, 1e-5) }
    let card = try Toy.train(method, plan, on: Toy.more).prompt.card
    #expect(try #require(card.best?.metrics["accuracy"]) >= 0.7)
  }

  @Test func `with a rate of 0 for the head it stays where the probe put it`() throws {
    let start = Toy.plan(.epochs(2)) { ($0.headStart, $0.headLearningRate) = (.probe, 0) }
    let later = Toy.plan(.epochs(1)) { ($0.headStart, $0.headLearningRate) = (.probe, 0) }
    // Without validation data the last prompt is kept, however well the probe does.
    let (two, one) = try (
      Toy.trainer("plain", start).train(task: Toy.task, training: Toy.more).prompt,
      Toy.trainer("plain", later).train(task: Toy.task, training: Toy.more).prompt
    )
    expectSameBits(try #require(two.head).weight, try #require(one.head).weight)
    #expect(largestGap(two, one) > 0)
  }

  @Test func `told to stop, it can be started again to the same bits`() throws {
    let bench = try PromptBench()
    defer { withExtendedLifetime(bench) {} }
    let plan = Toy.plan(.epochs(2)) { $0.headStart = .probe }
    func run(resuming: Bool, stopping: Bool) throws -> TrainingOutcome {
      try Toy.trainer("plain", plan).train(
        task: Toy.task, training: Toy.training, validation: Toy.validation,
        folder: bench.folder, resuming: resuming, isInterrupted: { stopping })
    }
    #expect(try run(resuming: false, stopping: true).wasInterrupted)
    let resumed = try run(resuming: true, stopping: false)
    let whole = try Toy.train("plain", plan)
    expectSameTraining(resumed.prompt, whole.prompt)
  }

  @Test func `only a head alone can converge, and only without dropout`() throws {
    #expect(
      throws: TrainingError.cannotTrain(
        method: .pTuningV2, reason: "only a head alone is fitted until it has converged")
    ) { try Toy.train("plain", Toy.plan(.converged)) }
    #expect(
      throws: TrainingError.cannotTrain(
        method: .headOnly,
        reason: "with dropout in the backbone its states never stay the same")
    ) { try Toy.train("head-only", Toy.plan(.converged) { $0.backboneDropout = 0.1 }) }
  }

  @Test func `a card with a fit reads back as it was written`() throws {
    let card = try fitted().prompt.card
    let data = try JSONEncoder().encode(card)
    #expect(try JSONDecoder().decode(PromptCard.self, from: data) == card)
  }
}
