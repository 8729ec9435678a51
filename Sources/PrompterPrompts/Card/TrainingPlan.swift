// SPDX-License-Identifier: Apache-2.0

public import PrompterNN
public import PrompterTasks

/// How a prompt is trained: everything that, with the data and the method, decides the result.
public struct TrainingPlan: Sendable, Equatable {
  /// How long training goes on.
  public enum Duration: Sendable, Equatable {
    /// Passes over the training data.
    case epochs(Int)
    /// Optimiser steps.
    case steps(Int)
    /// Until nothing gets better: a head alone is fitted to states that stay as they are, by
    /// multinomial logistic regression where it chooses among labels.
    ///
    /// The strength of its penalty is chosen by folds of the training data; batches, rates and
    /// schedules play no part. See ``HeadFit``.
    case converged
  }

  /// Where a head starts.
  public enum HeadStart: String, Sendable, Equatable, CaseIterable {
    /// From small random weights.
    case random
    /// From the head that fits best what the backbone gives under the prompt as it starts, found as
    /// ``Duration/converged`` finds one.
    case probe
  }

  /// When the validation data are scored.
  public enum Evaluation: Sendable, Equatable {
    /// After each epoch.
    case epoch
    /// After so many steps.
    case steps(Int)
  }

  /// How long training goes on.
  public var duration: Duration
  /// The examples in a batch.
  public var batchSize: Int
  /// What turns gradients into better parameters.
  public var optimizer: OptimizerChoice
  /// The highest learning rate.
  public var learningRate: Double
  /// The head's highest learning rate; `nil` for the others'.
  public var headLearningRate: Double?
  /// Where the head starts.
  public var headStart: HeadStart
  /// How the rate changes.
  public var schedule: Schedule
  /// The steps over which the rate first rises from 0.
  public var warmup: Int
  /// The share of each parameter taken off at each step: times the rate by AdamW, as it is by
  /// Adafactor.
  public var weightDecay: Double
  /// The weight of the squared logarithm of the softmax's denominator in the loss; 0 for none.
  public var zLoss: Double
  /// How much examples count by their labels; `nil` for all alike.
  public var classWeights: ClassWeights?
  /// The norm that all gradients together are cut to; `nil` for no limit.
  public var gradientNormLimit: Double?
  /// The batches whose gradients make one step.
  public var gradientAccumulation: Int
  /// When the validation data are scored.
  public var evaluation: Evaluation
  /// The evaluations without a better score after which training ends; `nil` for never.
  public var patience: Int?
  /// The tokens that a text may have, special ones included.
  public var maximumLength: Int
  /// What becomes of longer texts.
  public var longTexts: LongTexts
  /// The tokens that an answer that is a text may have, its end included; longer ones are cut.
  public var maximumTargetLength: Int
  /// The share of values dropped inside the backbone.
  public var backboneDropout: Float
  /// Whether each epoch takes the examples in an order of its own, not in the file's.
  public var isShuffled: Bool
  /// The seed of everything that is random.
  public var seed: UInt64
  /// The replicas that share a batch's rows, one thread each.
  public var threads: Int
  /// Whether each replica keeps to a core of its own, which does not change the result.
  public var isPinned: Bool

  /// A plan with defaults that suit P-Tuning v2 on a few thousand short texts.
  public init(
    duration: Duration = .epochs(5), batchSize: Int = 32, optimizer: OptimizerChoice = .adamW,
    learningRate: Double = 1e-2, headLearningRate: Double? = nil,
    headStart: HeadStart = .random, schedule: Schedule = .linear, warmup: Int = 0,
    weightDecay: Double = 0, zLoss: Double = 0, classWeights: ClassWeights? = nil,
    gradientNormLimit: Double? = 1,
    gradientAccumulation: Int = 1,
    evaluation: Evaluation = .epoch, patience: Int? = nil, maximumLength: Int = 128,
    longTexts: LongTexts = .cut, maximumTargetLength: Int = 64, backboneDropout: Float = 0,
    isShuffled: Bool = true,
    seed: UInt64 = 11, threads: Int = 1,
    isPinned: Bool = true
  ) {
    self.duration = duration
    self.batchSize = batchSize
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.headLearningRate = headLearningRate
    self.headStart = headStart
    self.schedule = schedule
    self.warmup = warmup
    self.weightDecay = weightDecay
    self.zLoss = zLoss
    self.classWeights = classWeights
    self.gradientNormLimit = gradientNormLimit
    self.gradientAccumulation = gradientAccumulation
    self.evaluation = evaluation
    self.patience = patience
    self.maximumLength = maximumLength
    self.longTexts = longTexts
    self.maximumTargetLength = maximumTargetLength
    self.backboneDropout = backboneDropout
    self.isShuffled = isShuffled
    self.seed = seed
    self.threads = threads
    self.isPinned = isPinned
  }

  /// The optimiser steps of one epoch over so many examples; the last batch may be smaller.
  ///
  /// Fitting a head counts as one.
  public func stepsPerEpoch(examples: Int) -> Int {
    if duration == .converged { return 1 }
    let perStep = batchSize * gradientAccumulation
    return (examples + perStep - 1) / perStep
  }

  /// The optimiser steps of the whole run.
  public func stepCount(examples: Int) -> Int {
    switch duration {
    case .epochs(let epochs): epochs * stepsPerEpoch(examples: examples)
    case .steps(let steps): steps
    case .converged: 1
    }
  }
}
