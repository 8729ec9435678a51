// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterKernels
internal import PrompterMethods
internal import PrompterNN
internal import PrompterPrompts
internal import PrompterTasks
internal import PrompterTensor

/// One run of a trainer: what changes from step to step.
final class TrainingSession {
  let trainer: Trainer
  let task: TaskDescription
  let folder: URL?
  let identity: PromptCard.BackboneIdentity
  let backbone: any Backbone
  let method: any PromptMethod
  let objective: any Objective
  let trained: [Parameter]
  let team: ThreadTeam

  var optimizer: any Optimizer
  var progress = TrainingProgress()
  var best: BestParameters?

  /// What the run is trained with besides its plan.
  private(set) lazy var record = TrainingRecord(
    method: trainer.method.record, training: objective.trainingFingerprint,
    validation: objective.validationFingerprint)
  /// All that decides the result, in words.
  private(set) lazy var settings = card(of: FoldedPrompt()).settings

  let clock = Stopwatch()
  private var order: (epoch: Int, indices: [Int]) = (-1, [])

  init(
    trainer: Trainer, task: TaskDescription, folder: URL?,
    objective makeObjective: (ObjectiveSetting) throws -> any Objective
  ) throws {
    let (model, plan) = (trainer.model, trainer.plan)
    self.trainer = trainer
    self.task = task
    self.folder = folder
    identity = try model.identity()
    backbone = trainer.method.trainsBackbone ? try model.trainedBackbone() : model.backbone
    team = ThreadTeam(count: plan.threads, isPinned: plan.isPinned)
    method = trainer.method.make(for: backbone, seed: plan.seed)
    objective = try makeObjective(
      ObjectiveSetting(
        trainer: trainer, backbone: backbone, method: method,
        team: team, folder: folder))
    trained = (objective.head?.trainedParameters ?? []) + backbone.trainedParameters
    optimizer = plan.optimizer.make(
      method.parameters + trained, weightDecay: Float(plan.weightDecay))
  }

  var plan: TrainingPlan { trainer.plan }
  private var headParameterCount: Int { objective.head?.trainedParameters.count ?? 0 }
  var stepsPerEpoch: Int { plan.stepsPerEpoch(examples: objective.exampleCount) }
  var stepCount: Int { plan.stepCount(examples: objective.exampleCount) }

  // MARK: - The run

  func run(
    resuming: Bool, isInterrupted: () -> Bool, report: (TrainingEvent) -> Void
  ) throws -> TrainingOutcome {
    if resuming { try resume(report) }
    let saver = try StateSaver(session: self)
    do {
      return try run(saver, isInterrupted: isInterrupted, report: report)
    } catch {
      if case TrainingError.notFinite = error {
        diverge(error, report)
      } else {
        saver.giveUp()
      }
      throw error
    }
  }

  private func run(
    _ saver: StateSaver, isInterrupted: () -> Bool, report: (TrainingEvent) -> Void
  ) throws -> TrainingOutcome {
    report(.started(start()))
    if optimizer.parameters.isEmpty {
      progress.endFit()
      try evaluate(report, rate: 0)
      return outcome(wasInterrupted: false)
    }
    if plan.duration == .converged {
      return try fit(isInterrupted: isInterrupted, report: report)
    }
    if plan.headStart == .probe, progress.step == 0 {
      guard try startHead(isInterrupted: isInterrupted, report: report) else {
        return outcome(wasInterrupted: true)
      }
      if objective.scoresPrompts { try evaluate(report, rate: 0) }
    }
    while progress.step < stepCount, !progress.isExhausted(patience: plan.patience) {
      let rate = try takeStep()
      report(.step(stepReport(rate: rate)))
      if isEvaluationDue { try evaluate(report, rate: rate) }
      let isStopping = isInterrupted() && progress.step < stepCount
      if try saver.save(now: isStopping || isEvaluationDue) { report(.saved(step: progress.step)) }
      if isStopping { return outcome(wasInterrupted: true) }
    }
    return outcome(wasInterrupted: false)
  }

  private func start() -> TrainingStart {
    TrainingStart(
      trainableParameters: trainableParameters,
      backboneParameters: backbone.parameterCount,
      examples: objective.exampleCount, stepCount: stepCount, stepsPerEpoch: stepsPerEpoch,
      fitsHead: plan.duration == .converged,
      baseline: objective.baseline, longTexts: objective.longTexts, warnings: objective.warnings,
      cache: objective.cache.map {
        TrainingStart.Cache(layers: $0.layers, byteCount: $0.byteCount, isOnDisk: $0.isOnDisk)
      },
      resumedStep: progress.step > 0 ? progress.step : nil)
  }

  var trainableParameters: Int {
    optimizer.parameters.reduce(0) { $0 + $1.value.shape.count }
  }

  private var isEvaluationDue: Bool {
    if progress.step == stepCount { return true }
    return switch plan.evaluation {
    case .epoch: progress.step % stepsPerEpoch == 0
    case .steps(let steps): progress.step % max(1, steps) == 0
    }
  }

  func outcome(wasInterrupted: Bool) -> TrainingOutcome {
    TrainingOutcome(
      prompt: finish(unfinished: wasInterrupted ? unfinished(.interrupted) : nil),
      wasInterrupted: wasInterrupted, step: progress.step, seconds: clock.seconds,
      lossRise: progress.startLoss.flatMap {
        LossRise(start: $0, end: progress.smoothedLoss, rate: plan.learningRate)
      })
  }

  /// Why a prompt of this moment is not the run's last.
  func unfinished(_ reason: UnfinishedTraining.Reason) -> UnfinishedTraining {
    UnfinishedTraining(reason: reason, step: progress.step, stepCount: stepCount)
  }

  // MARK: - One step

  // Takes one optimiser step and returns its learning rate.
  private func takeStep() throws -> Double {
    best = best?.beforeStep(of: optimizer.parameters)
    progress.beginStep()
    let epoch = progress.step / stepsPerEpoch
    let indices = nextIndices(epoch: epoch)
    let pass = Pass.training(seed: plan.seed, step: progress.step)
    let state = method.makeState(in: pass)
    var sum = gradients(of: indices, tables: state.map(\.value))
    for (variable, gradient) in zip(state.tables, sum.tables) {
      if let gradient { variable.accumulate(gradient) }
    }
    pass.tape?.playBackwards()
    sum.parameters = method.parameters.map { pass.compactGradient(of: $0) } + sum.parameters
    let factor = plan.schedule.factor(
      step: progress.step, of: stepCount, warmup: plan.warmup, epoch: epoch)
    let rate = plan.learningRate * factor
    let headRate = (plan.headLearningRate ?? plan.learningRate) * factor
    try update(sum, rate: rate, headRate: headRate)
    progress.note(
      loss: sum.loss, examples: indices.count,
      tokens: indices.reduce(0) { $0 + objective.tokenCount(of: $1) })
    return rate
  }

  private func gradients(of indices: [Int], tables: PromptTables<Tensor>) -> BatchGradients {
    let step = TrainingStep(
      tables: tables, trained: trained, seed: plan.seed, number: progress.step,
      scale: objective.scale(of: indices), zLoss: plan.zLoss)
    var (total, number) = (BatchGradients?.none, 0)
    for first in stride(from: 0, to: indices.count, by: plan.batchSize) {
      let part = Array(indices[first..<min(first + plan.batchSize, indices.count)])
      let gradients = objective.gradients(of: part, firstNumber: number, step: step)
      number += part.reduce(0) { $0 + objective.rowCount(of: $1) }
      if total == nil { total = gradients } else { total?.add(gradients, team: team) }
    }
    return total ?? BatchGradients(loss: 0, tables: [], parameters: [])
  }

  private func update(_ sum: BatchGradients, rate: Double, headRate: Double) throws {
    // An activation may have hidden from the loss what is not finite.
    try backbone.checkWeights(of: trainer.model)
    let norm = globalNorm(sum.parameters, team: team)
    for (what, value) in [("loss", sum.loss), ("gradient", norm)] {
      try check(what, value, step: progress.step + 1, rate: rate)
    }
    let heads = method.parameters.count..<method.parameters.count + headParameterCount
    optimizer.update(
      with: sum.parameters,
      rates: sum.parameters.indices.map { Float(heads.contains($0) ? headRate : rate) },
      gradientScale: clippingFactor(norm: norm, limit: plan.gradientNormLimit), team: team)
  }

  func check(_ what: String, _ value: Double, step: Int, rate: Double) throws {
    guard !value.isFinite else { return }
    throw TrainingError.notFinite(
      what: what, step: step, epoch: (step - 1) / stepsPerEpoch + 1, rate: rate)
  }

  // The examples of the next step; the order of an epoch follows from the seed alone.
  private func nextIndices(epoch: Int) -> [Int] {
    if order.epoch != epoch {
      var generator = SeededGenerator(seed: plan.seed, purpose: "order", index: epoch)
      let inFile = Array(0..<objective.exampleCount)
      order = (epoch, plan.isShuffled ? inFile.shuffled(using: &generator) : inFile)
    }
    let perStep = plan.batchSize * plan.gradientAccumulation
    let first = progress.step % stepsPerEpoch * perStep
    return Array(order.indices[first..<min(first + perStep, order.indices.count)])
  }

  private func stepReport(rate: Double) -> StepReport {
    let seconds = clock.seconds
    let done = progress.step - progress.resumedStep
    return StepReport(
      step: progress.step, stepCount: stepCount,
      epoch: Double(progress.step) / Double(stepsPerEpoch), loss: progress.smoothedLoss,
      rate: rate, examplesPerSecond: Double(progress.examplesThisRun) / max(seconds, 1e-9),
      secondsLeft: seconds / Double(max(1, done)) * Double(stepCount - progress.step))
  }
}
