// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import Prompter

extension Schedule: ExpressibleByArgument {}
extension Pooling: ExpressibleByArgument {
  /// Those that a user can choose among.
  public static var allValueStrings: [String] { choices.map(\.rawValue) }

  /// What a user chose; nil if it is no choice.
  public init?(argument: String) {
    guard let pooling = Self.choices.first(where: { $0.rawValue == argument }) else { return nil }
    self = pooling
  }
}
extension TrainingRecipe: ExpressibleByArgument {}
extension TrainingPlan.HeadStart: ExpressibleByArgument {}
extension LongTexts: ExpressibleByArgument {}

/// When the validation data are scored, as `--evaluate-every` says it.
enum EvaluationInterval: Equatable, ExpressibleByArgument {
  case epoch
  case steps(Int)

  var evaluation: TrainingPlan.Evaluation {
    switch self {
    case .epoch: .epoch
    case .steps(let steps): .steps(steps)
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

/// The options of a training plan.
struct PlanOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Passes over the training data (default: 400 divided by the root of the examples, from 2 to "
        + "60; 5 for texts; none for \(suitedWords.converged), which is fitted until it has "
        + "converged).",
      valueName: "n"))
  var epochs: Int?

  @Option(help: ArgumentHelp("Optimiser steps, in place of --epochs.", valueName: "n"))
  var steps: Int?

  @Option(help: ArgumentHelp("Examples in a batch (default: 32).", valueName: "n"))
  var batchSize: Int?

  @Option(
    help: ArgumentHelp(
      "The highest learning rate (default: \(suitedWords.rates)).", valueName: "x"))
  var learningRate: Double?

  @Option(
    help: ArgumentHelp(
      "The head's highest learning rate (default: the others', but \(suitedWords.headRates) "
        + "without --learning-rate).", valueName: "x"))
  var headLearningRate: Double?

  @Option(
    help: ArgumentHelp(
      "Where the head starts: random, or a probe, the head that fits best before the prompt is "
        + "trained (default: random).", valueName: "start"))
  var headStart: TrainingPlan.HeadStart?

  @Option(
    help: ArgumentHelp(
      "How much an example counts by its label: balanced, so that all labels together count alike, "
        + "or as in no=1,yes=3.5; others count 1 (default: all examples alike).",
      valueName: "weights"))
  var classWeights: ClassWeights?

  @OptionGroup var optimizer: OptimizerOptions

  @Option(help: "How the learning rate changes (default: linear).")
  var schedule: Schedule?

  @Option(help: ArgumentHelp("Steps over which the rate rises from 0.", valueName: "n"))
  var warmup = 0

  @Option(help: ArgumentHelp("Batches whose gradients make one step.", valueName: "n"))
  var gradientAccumulation = 1

  @Option(
    help: ArgumentHelp(
      "The norm that gradients are cut to; 0 for none (default: 1).", valueName: "x"))
  var gradientNorm: Double?

  @Option(
    help: ArgumentHelp(
      "When to score the validation data (default: epoch).", valueName: "epoch|n"))
  var evaluateEvery: EvaluationInterval?

  @Option(
    help: ArgumentHelp("End after so many evaluations without a better score.", valueName: "n"))
  var patience: Int?

  @Option(
    help: ArgumentHelp(
      "The validation score that chooses the best prompt and that --patience watches (default: the "
        + "task's first, which is accuracy for most).", valueName: "metric"),
    completion: .list(Metric.allCases.map(\.rawValue)))
  var select: String?

  @Option(
    help: ArgumentHelp(
      "Tokens that a text may have, special ones included (default: 128, for question answering "
        + "384, or what the prompt leaves).", valueName: "n"))
  var maxLength: Int?

  @Option(
    help: ArgumentHelp(
      "Longer texts: cut at the end, both ends read (head-tail), or all in windows whose outputs are "
        + "averaged; remembered by the prompt (default: cut).", valueName: "how"))
  var long: LongTexts?

  @Option(
    help: ArgumentHelp(
      "Tokens that an answer that is a text may have, its end included (default: 64).",
      valueName: "n"))
  var maxTargetLength: Int?

  @Option(help: "What the head reads (default: as the checkpoint says).")
  var pooling: Pooling?

  @Option(
    help: ArgumentHelp(
      "Dropout inside the backbone (default: 0; the checkpoint's for "
        + "\(MethodName.trainingBackbone)).",
      valueName: "p"))
  var backboneDropout: Double?

  @Flag(name: .customLong("no-shuffle"), help: "Take the examples in the file's order.")
  var keepsOrder = false

  @Option(help: ArgumentHelp("The seed of everything random.", valueName: "n"))
  var seed: UInt64 = 11
}

extension PlanOptions {
  /// Refuses numbers that make no plan.
  ///
  /// - Parameters:
  ///   - recipe: The settings to start from.
  ///   - hasValidation: Whether there are data to choose the best prompt by.
  /// - Throws: ``UsageError``.
  func check(_ recipe: TrainingRecipe? = nil, hasValidation: Bool = true) throws {
    for (isGiven, option) in [(patience != nil, "--patience"), (select != nil, "--select")]
    where isGiven && !hasValidation {
      throw UsageError("\(option) goes by validation scores; add --validation.")
    }
    if epochs != nil, steps != nil {
      throw UsageError("Give --epochs or --steps, not both.")
    }
    try optimizer.check(recipe)
    try requirePositive(epochs, "--epochs")
    try requirePositive(steps, "--steps")
    try requirePositive(batchSize, "--batch-size")
    try requirePositive(gradientAccumulation, "--gradient-accumulation")
    try requirePositive(patience, "--patience")
    try requirePositive(maxLength, "--max-length")
    try requirePositive(maxTargetLength, "--max-target-length")
    if warmup < 0 { throw UsageError("--warmup must not be negative.") }
    for (value, option) in [
      (learningRate ?? 1, "--learning-rate"), (headLearningRate ?? 1, "--head-learning-rate"),
      (gradientNorm ?? 1, "--gradient-norm"),
    ] where !(value.isFinite && value >= 0) {
      throw UsageError("\(option) must be a number of at least 0, not \(value).")
    }
    if let backboneDropout, !(0..<1).contains(backboneDropout) {
      throw UsageError(
        "--backbone-dropout must be at least 0 and below 1, not \(backboneDropout).")
    }
  }

  /// The task, its best prompt chosen by the metric that was asked for.
  func selecting(in task: TaskDescription) throws -> TaskDescription {
    guard let select else { return task }
    if let chosen = task.selecting(by: select) { return chosen }
    let known = task.selectableMetrics
    let guess = closestName(to: select, among: known).map { "; did you mean `\($0)`?" } ?? "."
    throw UsageError(
      "--select knows \(known.joined(separator: ", ")) for the task \(task.name), not "
        + "`\(select)`\(guess)")
  }

  /// The plan for a method on a backbone: the recipe's, or the usual one, with what was said
  /// otherwise.
  func plan(
    for choice: any MethodSettings, backbone: any Backbone, compute: ComputeOptions,
    size: TrainingSize,
    recipe: TrainingRecipe? = nil
  ) -> TrainingPlan {
    var plan = recipe?.plan ?? suitedPlan(for: choice.name, size: size)
    if let steps { plan.duration = .steps(steps) }
    if let epochs { plan.duration = .epochs(epochs) }
    if let batchSize { plan.batchSize = batchSize }
    plan.optimizer = optimizer.choice(recipe)
    if let learningRate { plan.learningRate = learningRate }
    if let headLearningRate { plan.headLearningRate = headLearningRate }
    if let headStart { plan.headStart = headStart }
    if let schedule { plan.schedule = schedule }
    plan.warmup = warmup
    if let decay = optimizer.weightDecay { plan.weightDecay = decay }
    if let zLoss = optimizer.zLoss { plan.zLoss = zLoss }
    plan.classWeights = classWeights
    if let gradientNorm { plan.gradientNormLimit = gradientNorm > 0 ? gradientNorm : nil }
    plan.gradientAccumulation = gradientAccumulation
    if let evaluateEvery { plan.evaluation = evaluateEvery.evaluation }
    plan.patience = patience
    let room = backbone.positionLimit.map { max(1, $0 - choice.occupiedPositions) }
    plan.maximumLength = maxLength ?? min(plan.maximumLength, room ?? .max)
    if let long { plan.longTexts = long }
    if let maxTargetLength { plan.maximumTargetLength = maxTargetLength }
    if choice.trainsBackbone { plan.backboneDropout = backbone.trainedDropout }
    if let backboneDropout { plan.backboneDropout = Float(backboneDropout) }
    plan.isShuffled = !keepsOrder
    plan.seed = seed
    (plan.threads, plan.isPinned) = (compute.threadCount, compute.isPinned)
    return plan
  }
}
