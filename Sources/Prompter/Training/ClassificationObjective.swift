// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTasks
internal import PrompterTensor

/// A label for each text, by a head on what the backbone makes of it.
final class ClassificationObjective: Objective {
  let baseline: [String: Double]
  let columns: Fields?

  private let setting: ObjectiveSetting
  private let task: TaskDescription
  private let layer: Linear
  private let shape: FoldedPrompt  // the prompt as it starts: how long it is and where it stands
  private let training: EncodedDataset
  private let validation: EncodedDataset?
  // What stands below the lowest prompt does not change from epoch to epoch.
  private let lowerStates: (training: LowerStateCache?, validation: LowerStateCache?)
  // Nor does what a head alone reads.
  private lazy var frozenStates: FrozenSplits? = makeFrozenStates()

  private typealias FrozenSplits = (training: FrozenStates, validation: FrozenStates?)

  init(
    _ task: TaskDescription, training: Dataset, validation: Dataset?, in setting: ObjectiveSetting
  ) throws {
    let labels = try LabelSpace(task.labels)
    func encoded(_ dataset: Dataset) throws -> EncodedDataset {
      try EncodedDataset(
        dataset, labels: labels, tokenizer: setting.trainer.model.tokenizer,
        maximumLength: setting.plan.maximumLength, within: setting.textLimits)
    }
    self.setting = setting
    self.task = task
    columns = training.columns
    shape = setting.method.folded()
    self.training = try encoded(training)
    self.validation = try validation.map(encoded)
    layer = Self.freshHead(
      labels: labels.count, width: setting.backbone.width, seed: setting.plan.seed)
    lowerStates = LowerStateCache.pair(for: self.training, self.validation, in: setting)
    let majority = try MajorityBaseline(training: training, labels: labels)
    baseline =
      try validation.map {
        try majority.scores(
          on: $0, labels: labels, metrics: task.metrics, positiveClass: task.positiveLabelIndex
        ).named
      } ?? [:]
  }

  private static func freshHead(labels: Int, width: Int, seed: UInt64) -> Linear {
    var generator = SeededGenerator(seed: seed, purpose: "head")
    let weight = Tensor(normal: [labels, width], deviation: 0.02, using: &generator)
    return Linear(
      weight: Parameter("head.weight", weight, isTrained: true),
      bias: Parameter("head.bias", Tensor(zeros: [labels]), isTrained: true))
  }

  var head: Linear? { layer }
  var exampleCount: Int { training.examples.count }
  var cutCount: Int { training.cutCount }
  var warnings: [DataWarning] { [training, validation].compactMap { $0?.warning } }
  var selectingMetric: String? { task.selectingMetric }
  var scoresPrompts: Bool { validation != nil }
  var cache: LowerStateCache? { lowerStates.training }

  var trainingFingerprint: DataFingerprint { training.fingerprint }
  var validationFingerprint: DataFingerprint? { validation?.fingerprint }

  func tokenCount(of example: Int) -> Int { training.examples[example].input.ids.count }

  func scale(of examples: [Int]) -> Float { 1 / Float(examples.count) }

  func gradients(
    of examples: [Int], firstNumber: Int, step: TrainingStep
  ) -> BatchGradients {
    let labels = examples.map { training.examples[$0].label }
    if let frozen = frozenStates?.training {
      return step.gradients { [layer] _, pass in
        crossEntropy(
          frozen.logits(of: examples, by: layer, in: pass), labels: labels, scale: step.scale,
          zLoss: step.zLoss)
      }
    }
    let rows = examples.map { training.examples[$0].input.row(under: shape) }
    let (backbone, pooling, lower) = (setting.backbone, setting.trainer.pooling, cache)
    let dropout = setting.plan.backboneDropout
    return Replicas(team: setting.team).gradients(costs: rows.map(\.ids.count), step: step) {
      [layer] share, prompt, pass in
      let own = share.map { rows[$0] }
      let states = backbone.sequenceStates(
        of: Batch(own, numbers: share.map { firstNumber + $0 }), prompts: prompt,
        above: lower?.states(
          of: share.map { examples[$0] }, own, on: backbone, prompts: step.tables),
        pooling: pooling, dropout: dropout, in: pass)
      return crossEntropy(
        layer(states, in: pass), labels: share.map { labels[$0] }, scale: step.scale,
        zLoss: step.zLoss)
    }
  }

  func scores(of prompt: FoldedPrompt) -> [String: Double]? {
    guard let validation else { return nil }
    let predictions =
      frozenStates?.validation?.predictions(head: layer.frozen())
      ?? answering(prompt).logits(
        of: validation.examples.map { $0.input.row(under: prompt) },
        above: lowerStates.validation, team: setting.team
      ).map(indexOfMaximum)
    let matrix = ConfusionMatrix(
      predictions: predictions, references: validation.examples.map { Int($0.label) },
      labelCount: task.labels.count)
    return matrix.scores(task.metrics, positiveClass: task.positiveLabelIndex).named
  }

  func fitHead(under prompt: FoldedPrompt, goesOn: (Double) -> Bool) -> HeadFit? {
    let probe = LinearProbe(
      labels: task.labels.count, score: selectingScore, seed: setting.plan.seed,
      team: setting.team)
    // The states take most of the time.
    let total = Double(
      training.examples.count + (keepsStates ? validation?.examples.count ?? 0 : 0))
    var read = 0
    func notes(_ examples: Int) -> Bool {
      read += examples
      return goesOn(0.9 * Double(read) / total)
    }
    guard let states = frozenStates(of: training, under: prompt, goesOn: notes) else { return nil }
    if keepsStates {
      let others = validation.flatMap { frozenStates(of: $0, under: prompt, goesOn: notes) }
      guard validation == nil || others != nil else { return nil }
      frozenStates = (states, others)
    }
    guard let result = probe.fit(states.labelled(training), goesOn: { goesOn(0.9 + 0.1 * $0) })
    else { return nil }
    layer.weight.value.buffer.update(from: result.classifier.weight.buffer)
    layer.bias.value.buffer.update(from: result.classifier.bias.buffer)
    return result.fit
  }

  // The score that selects the best prompt, of any predictions.
  private var selectingScore: @Sendable ([Int], [Int]) -> Double {
    let (metric, count) = (task.metrics.first ?? .accuracy, task.labels.count)
    let positive = task.positiveLabelIndex
    return { predictions, references in
      metric.value(
        predictions: predictions, references: references, labelCount: count,
        positiveClass: positive)
    }
  }

  private func answering(_ prompt: FoldedPrompt) -> Answering {
    Answering(
      backbone: setting.backbone, tables: PromptTables([prompt], for: setting.backbone),
      poolings: [setting.trainer.pooling], heads: [layer.frozen()])
  }

  // Whether a head alone is trained, on states that no dropout changes.
  private var keepsStates: Bool {
    setting.trainer.method.name == .headOnly && setting.plan.backboneDropout == 0
  }

  private func makeFrozenStates() -> FrozenSplits? {
    guard keepsStates, let own = frozenStates(of: training) else { return nil }
    return (own, validation.flatMap { frozenStates(of: $0) })
  }

  // The states under a prompt; `nil` if told to stop.
  private func frozenStates(
    of dataset: EncodedDataset, under prompt: FoldedPrompt = FoldedPrompt(),
    goesOn: (_ examples: Int) -> Bool = { _ in true }
  ) -> FrozenStates? {
    FrozenStates(
      of: dataset, under: prompt, answering: answering(prompt), team: setting.team, goesOn: goesOn)
  }
}
