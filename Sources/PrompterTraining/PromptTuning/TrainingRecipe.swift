// SPDX-License-Identifier: Apache-2.0

public import PrompterMethods
internal import PrompterNN
public import PrompterPrompts

/// A published way of training a prompt, by name: what it says, and nothing of what it leaves open.
///
/// Lester and others 2021 tune prompts in two ways that differ where it matters: as their paper
/// says it, and as their published code (google-research/prompt-tuning over T5X) does it.
///
/// | | `lester` | `lester-code` |
/// | --- | --- | --- |
/// | steps | 30,000 | the paper's: the code leaves them open |
/// | batch size | 32 | 128 |
/// | learning rate | 0.3, constant | the same |
/// | optimiser | Adafactor counting from 0 | counting from 1,100,000, the pretraining's steps |
/// | weight decay | 1e-5, not times the rate | the same |
/// | z-loss | none | 1e-4 |
/// | dropout in the backbone | none | 0.1 |
/// | prompt length | 100 | 100 |
/// | start | class labels, the rest sampled words | uniform in [0, 0.5) |
public enum TrainingRecipe: String, Sendable, CaseIterable {
  /// The paper's.
  case lester
  /// The code's.
  case lesterCode = "lester-code"

  /// The method that it is for.
  public var method: MethodName { PromptTuning.Settings.name }

  /// The virtual tokens.
  public var promptLength: Int { 100 }

  /// The plan; the seed, the threads and the like are a plan's usual ones.
  public var plan: TrainingPlan {
    var plan = TrainingPlan(
      duration: .steps(30_000), batchSize: 32, optimizer: .adafactor(), learningRate: 0.3,
      schedule: .constant, weightDecay: 1e-5, gradientNormLimit: nil, evaluation: .steps(1_000),
      maximumLength: 512)
    if self == .lesterCode {
      var options = AdafactorOptions()
      options.startStep = 1_100_000
      plan.optimizer = .adafactor(options)
      plan.batchSize = 128
      plan.zLoss = 1e-4
      plan.backboneDropout = 0.1
    }
    return plan
  }
}
