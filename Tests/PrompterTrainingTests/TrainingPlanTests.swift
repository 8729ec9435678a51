// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import Testing

@testable import PrompterTraining

@Suite struct TrainingPlanTests {
  @Test(arguments: [
    TrainingPlan(), TrainingRecipe.lester.plan, TrainingRecipe.lesterCode.plan,
    TrainingPlan(duration: .converged),
    TrainingPlan(learningRate: 1e-3, headLearningRate: 1e-4, headStart: .probe),
    TrainingPlan(
      duration: .steps(7), batchSize: 3, schedule: .cosine, warmup: 2, gradientNormLimit: nil,
      gradientAccumulation: 2, evaluation: .steps(5), patience: 4, isShuffled: false, seed: 9,
      threads: 2, isPinned: false),
  ])
  func `a plan reads back as it was written`(_ plan: TrainingPlan) throws {
    let data = try JSONEncoder().encode(plan)
    #expect(try JSONDecoder().decode(TrainingPlan.self, from: data) == plan)
  }

  @Test func `a plan of before there was a choice of optimisers still reads`() throws {
    let data = try JSONEncoder().encode(TrainingPlan())
    var keys = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    for key in ["optimizer", "z_loss", "max_target_length"] {
      #expect(keys.removeValue(forKey: key) != nil)
    }
    let old = try JSONSerialization.data(withJSONObject: keys)
    #expect(try JSONDecoder().decode(TrainingPlan.self, from: old) == TrainingPlan())
  }

  @Test func `an optimiser that there is not is refused`() throws {
    let data = try JSONEncoder().encode(TrainingPlan())
    let text = String(decoding: data, as: UTF8.self).replacing("adamw", with: "sgd")
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(TrainingPlan.self, from: Data(text.utf8))
    }
  }

  @Test func `a start of the head that there is not is refused`() throws {
    let data = try JSONEncoder().encode(TrainingPlan(headStart: .probe))
    let text = String(decoding: data, as: UTF8.self).replacing("probe", with: "zero")
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(TrainingPlan.self, from: Data(text.utf8))
    }
  }

  @Test(arguments: [
    (MethodName.pTuningV2, 1e-2, nil), (.promptTuning, 2e-2, nil), (.headOnly, 5e-3, nil),
    (.fineTuning, 1e-4, 1e-3),
  ])
  func `each method has a rate of its own`(_ method: MethodName, _ rate: Double, _ head: Double?) {
    let plan = TrainingPlan.suited(to: method, examples: 722, labels: 10)
    #expect(plan.learningRate == rate)
    #expect(plan.headLearningRate == head)
    #expect(plan.duration == (method == .headOnly ? .converged : .epochs(15)))
  }

  @Test(arguments: [
    (0, 60), (1, 60), (40, 60), (100, 40), (722, 15), (3_000, 7), (5_452, 5), (10_000, 4),
    (50_000, 2), (Int.max, 2),
  ])
  func `few examples are read often and many seldom`(_ examples: Int, _ epochs: Int) {
    #expect(TrainingPlan.suitedDuration(examples: examples) == .epochs(epochs))
  }

  @Test func `texts that are written begin with five epochs`() {
    for method in [MethodName.pTuningV2, .promptTuning, .fineTuning] {
      let plan = TrainingPlan.suited(to: method, examples: 100, labels: nil)
      #expect(plan.duration == .epochs(5) && plan.headLearningRate == nil)
    }
  }

  @Test func `fitting a head is one step`() {
    let plan = TrainingPlan(duration: .converged)
    #expect(plan.stepsPerEpoch(examples: 1_000) == 1)
    #expect(plan.stepCount(examples: 1_000) == 1)
  }

  @Test func `the last batch of an epoch may be smaller`() {
    let plan = TrainingPlan(duration: .epochs(3), batchSize: 4, gradientAccumulation: 2)
    #expect(plan.stepsPerEpoch(examples: 17) == 3)
    #expect(plan.stepCount(examples: 17) == 9)
  }
}
