// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterTasks
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

@Suite(.namesValues) struct ClassWeightsTrainingTests {
  // Nine in ten are bad.
  private static let training: Dataset = {
    var data = Toy.dataset(120, seed: 4)
    data.examples = data.examples.enumerated().filter { $0.offset % 2 == 0 || $0.offset % 18 == 1 }
      .map(\.element)
    return data
  }()

  private func train(
    _ weights: ClassWeights?, _ method: String = "plain",
    _ change: (inout TrainingPlan) -> Void = { _ in },
    folder: URL? = nil, resuming: Bool = false, isInterrupted: () -> Bool = { false }
  ) throws -> TrainingOutcome {
    let plan = Toy.plan {
      $0.classWeights = weights
      change(&$0)
    }
    return try Toy.trainer(method, plan).train(
      task: Toy.task, training: Self.training, validation: Toy.validation, folder: folder,
      resuming: resuming, isInterrupted: isInterrupted)
  }

  @Test func `a rare label is found more often with balanced weights`() throws {
    func recall(_ weights: ClassWeights?) throws -> Double {
      let prompt = try train(weights, "head-only") { $0.duration = .epochs(4) }.prompt
      let predictor = try Predictor(model: Toy.model(), prompts: [("toy", prompt)])
      let confusion = try #require(predictor.evaluate("toy", on: Toy.validation).confusion)
      return confusion.classScores[1].recall
    }
    #expect(try recall(.balanced) > recall(nil))
  }

  @Test func `replicas and accumulation change only the last bits`() throws {
    let one = try train(.balanced).prompt
    let others = [
      try train(.balanced) { $0.threads = 3 }.prompt,
      try train(.balanced) { ($0.batchSize, $0.gradientAccumulation) = (4, 2) }.prompt,
    ]
    for other in others { #expect(largestGap(one, other) < 2e-3) }
    #expect(try largestGap(one, train(nil).prompt) > 1e-3)
  }

  @Test func `weights of 1 change no bit`() throws {
    let ones = try #require(ClassWeights("bad=1,good=1"))
    expectSameTraining(try train(nil).prompt, try train(ones).prompt)
  }

  @Test func `a head that is fitted weighs them too`() throws {
    let weighted = try train(.balanced, "head-only") { $0.duration = .converged }
    let alike = try train(nil, "head-only") { $0.duration = .converged }
    #expect(weighted.prompt.card.headFit?.hasConverged == true)
    #expect(weighted.prompt.card.headFit?.loss != alike.prompt.card.headFit?.loss)
  }

  @Test func `a card says them, and a run goes on with the same only`() throws {
    let bench = try PromptBench()
    let whole = try train(.balanced).prompt
    var left = 5
    _ = try train(.balanced, folder: bench.prompt) {
      left -= 1
      return left == 0
    }
    #expect(throws: TrainingError.self) {
      try train(nil, folder: bench.prompt, resuming: true)
    }
    let resumed = try train(.balanced, folder: bench.prompt, resuming: true).prompt
    expectSameTraining(whole, resumed)
    #expect(resumed.card.plan?.classWeights == .balanced)
    let card = try JSONDecoder().decode(PromptCard.self, from: JSONEncoder().encode(resumed.card))
    #expect(card.plan == resumed.card.plan)
  }

  @Test func `weights of no label, and of what is no label, are refused`() throws {
    #expect(throws: DataError.self) { try train(ClassWeights("fair=2")) }
    let task = try #require(TaskDescription.preset("text-regression"))
    #expect(throws: TrainingError.cannotWeigh(kind: "text-regression")) {
      try Toy.trainer("plain", Toy.plan { $0.classWeights = .balanced }).train(
        task: task, training: Self.training)
    }
  }
}
