// SPDX-License-Identifier: Apache-2.0

import Prompter
import Testing

@Suite struct TrainingRecipeTests {
  @Test func `the paper's and the code's recipes differ in what is documented`() {
    var code = TrainingRecipe.lesterCode.plan
    let paper = TrainingRecipe.lester.plan
    #expect(code.batchSize == 128 && code.zLoss == 1e-4 && code.backboneDropout == 0.1)
    guard case .adafactor(var options) = code.optimizer else {
      Issue.record("The code's optimiser is Adafactor.")
      return
    }
    #expect(options.startStep == 1_100_000)
    options.startStep = 0
    (code.batchSize, code.zLoss, code.backboneDropout) = (32, 0, 0)
    code.optimizer = .adafactor(options)
    #expect(code == paper)
  }

  @Test func `the paper's recipe is the paper's`() {
    let plan = TrainingRecipe.lester.plan
    #expect(plan.duration == .steps(30_000) && plan.batchSize == 32)
    #expect(plan.optimizer == .adafactor() && plan.weightDecay == 1e-5)
    #expect(plan.learningRate == 0.3 && plan.schedule == .constant && plan.warmup == 0)
    #expect(plan.gradientNormLimit == nil)
    #expect(TrainingRecipe.allCases.map(\.rawValue) == ["lester", "lester-code"])
    #expect(TrainingRecipe.lester.promptLength == 100)
  }
}
