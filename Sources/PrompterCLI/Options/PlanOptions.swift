// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import Prompter

extension Schedule: ExpressibleByArgument {}
extension Pooling: ExpressibleByArgument {}

/// When the validation data are scored, as `--evaluate-every` says it.
enum EvaluationInterval: Equatable, ExpressibleByArgument {
  case epoch
  case steps(Int)

  // Shown as the default in help.
  var defaultValueDescription: String {
    switch self {
    case .epoch: "epoch"
    case .steps(let steps): "\(steps)"
    }
  }

  init?(argument: String) {
    if argument == "epoch" {
      self = .epoch
    } else if let steps = Int(argument), steps >= 1 {
      self = .steps(steps)
    } else {
      return nil
    }
  }
}

/// The optimisers that the command line knows by name.
enum OptimizerArgument: String, CaseIterable, ExpressibleByArgument {
  case adamw
  case adafactor

  static let allValueStrings = ["adamw"]
}

/// The options of a training plan.
struct PlanOptions: ParsableArguments {
  static let epochs = 5
  static let longest = 128

  @Option(help: ArgumentHelp("Passes over the training data (default: 5).", valueName: "n"))
  var epochs: Int?

  @Option(help: ArgumentHelp("Optimiser steps, in place of --epochs.", valueName: "n"))
  var steps: Int?

  @Option(help: ArgumentHelp("Examples in a batch.", valueName: "n"))
  var batchSize = 32

  @Option(
    help: ArgumentHelp(
      "The highest learning rate (default: 0.01 for p-tuning-v2, 0.02 for prompt-tuning, "
        + "0.005 for head-only, 0.00005 for fine-tuning).", valueName: "x"))
  var learningRate: Double?

  @Option(help: ArgumentHelp("The optimiser.", valueName: "name"))
  var optimizer: OptimizerArgument = .adamw

  @Option(help: "How the learning rate changes.")
  var schedule: Schedule = .linear

  @Option(help: ArgumentHelp("Steps over which the rate rises from 0.", valueName: "n"))
  var warmup = 0

  @Option(help: ArgumentHelp("AdamW's weight decay.", valueName: "x"))
  var weightDecay = 0.0

  @Option(help: ArgumentHelp("Batches whose gradients make one step.", valueName: "n"))
  var gradientAccumulation = 1

  @Option(help: ArgumentHelp("The norm that gradients are cut to; 0 for none.", valueName: "x"))
  var gradientNorm = 1.0

  @Option(help: ArgumentHelp("When to score the validation data.", valueName: "epoch|n"))
  var evaluateEvery: EvaluationInterval = .epoch

  @Option(
    help: ArgumentHelp("End after so many evaluations without a better score.", valueName: "n"))
  var patience: Int?

  @Option(
    help: ArgumentHelp(
      "Tokens that a text may have, special ones included (default: 128, or what the prompt "
        + "leaves).", valueName: "n"))
  var maxLength: Int?

  @Option(help: "What the head reads (default: as the checkpoint says).")
  var pooling: Pooling?

  @Option(
    help: ArgumentHelp(
      "Dropout inside the backbone (default: 0; the checkpoint's for fine-tuning).",
      valueName: "p"))
  var backboneDropout: Double?

  @Flag(name: .customLong("no-shuffle"), help: "Take the examples in the file's order.")
  var keepsOrder = false

  @Option(help: ArgumentHelp("The seed of everything random.", valueName: "n"))
  var seed: UInt64 = 11
}

extension PlanOptions {
  /// Refuses numbers that make no plan.
  func check() throws {
    if epochs != nil, steps != nil {
      throw UsageError("Give --epochs or --steps, not both.")
    }
    if optimizer == .adafactor {
      throw UsageError.notInThisVersion("--optimizer adafactor", use: "adamw")
    }
    try requirePositive(epochs, "--epochs")
    try requirePositive(steps, "--steps")
    try requirePositive(batchSize, "--batch-size")
    try requirePositive(gradientAccumulation, "--gradient-accumulation")
    try requirePositive(patience, "--patience")
    try requirePositive(maxLength, "--max-length")
    if warmup < 0 { throw UsageError("--warmup must not be negative.") }
    for (value, option) in [
      (learningRate ?? 1, "--learning-rate"), (weightDecay, "--weight-decay"),
      (gradientNorm, "--gradient-norm"),
    ] where !(value.isFinite && value >= 0) {
      throw UsageError("\(option) must be a number of at least 0, not \(value).")
    }
    if let backboneDropout, !(0..<1).contains(backboneDropout) {
      throw UsageError(
        "--backbone-dropout must be at least 0 and below 1, not \(backboneDropout).")
    }
  }

  /// The plan for a method on a backbone.
  func plan(
    for choice: MethodChoice, backbone: any Backbone, compute: ComputeOptions
  ) -> TrainingPlan {
    let usual = choice.name == .fineTuning ? backbone.trainedDropout : 0
    let room = max(1, backbone.positionLimit - choice.occupiedPositions)
    return TrainingPlan(
      duration: steps.map { .steps($0) } ?? .epochs(epochs ?? Self.epochs),
      batchSize: batchSize,
      learningRate: learningRate ?? Self.learningRate(for: choice.name),
      schedule: schedule, warmup: warmup, weightDecay: weightDecay,
      gradientNormLimit: gradientNorm > 0 ? gradientNorm : nil,
      gradientAccumulation: gradientAccumulation, evaluation: evaluation, patience: patience,
      maximumLength: maxLength ?? min(Self.longest, room),
      backboneDropout: backboneDropout.map { Float($0) } ?? usual, isShuffled: !keepsOrder,
      seed: seed,
      threads: compute.threadCount, isPinned: compute.isPinned)
  }

  private var evaluation: TrainingPlan.Evaluation {
    switch evaluateEvery {
    case .epoch: .epoch
    case .steps(let steps): .steps(steps)
    }
  }

  // Rates that suit each method on a few thousand short texts.
  static func learningRate(for method: MethodName) -> Double {
    switch method {
    case .pTuningV2: 1e-2
    case .promptTuning: 2e-2
    case .headOnly: 5e-3
    case .fineTuning: 5e-5
    }
  }
}
