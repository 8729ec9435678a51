// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterAnswering
internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterKernels
internal import PrompterMethods
internal import PrompterNN
internal import PrompterPrompts
internal import PrompterTasks
internal import PrompterTensor

/// What a head gives over what it reads of each example's rows, for every kind of task with a head.
final class HeadObjective<Kind: HeadKind>: Objective {
  let baseline: [String: Double]
  let columns: Fields?

  private let kind: Kind
  private let setting: ObjectiveSetting
  private let layer: Linear
  private let outputScale: OutputScale
  private let shape: FoldedPrompt  // the prompt as it starts: how long it is and where it stands
  private let training: EncodedExamples<Kind.Target>
  private let validation: Validation?
  // What stands below the lowest prompt does not change from epoch to epoch.
  private let lowerStates: (training: LowerStateCache?, validation: LowerStateCache?)
  // Nor does what a head alone reads.
  private lazy var frozenStates: FrozenSplits? = makeFrozenStates()

  private struct Validation {
    let examples: Kind.Examples
    let encoded: EncodedExamples<Kind.Target>
  }

  private typealias FrozenSplits = (training: FrozenStates, validation: FrozenStates?)

  init(
    _ kind: Kind, training: Kind.Examples, validation: Kind.Examples?, in setting: ObjectiveSetting
  ) throws {
    let kind = try setting.plan.classWeights.map { try kind.weighted(by: $0, in: training) } ?? kind
    self.kind = kind
    self.setting = setting
    columns = training.columns
    shape = setting.method.folded()
    var reader = setting.reader
    reader.isLearning = true
    self.training = try kind.encoded(training, by: reader)
    self.validation = try validation.map {
      Validation(examples: $0, encoded: try kind.encoded($0, by: setting.reader))
    }
    outputScale = kind.outputScale(of: self.training.targets)
    layer =
      kind.givenHead(of: setting.backbone).map(Self.head)
      ?? Self.freshHead(
        outputs: kind.outputCount, width: setting.backbone.width, seed: setting.plan.seed)
    lowerStates = LowerStateCache.pair(
      for: self.training.rows, self.validation?.encoded.rows, examples: self.training.count,
      in: setting)
    baseline = try validation.map { try kind.baseline(of: training, on: $0) } ?? [:]
  }

  private static func freshHead(
    outputs: Int, width: Int, seed: UInt64
  ) -> Linear {
    var generator = SeededGenerator(seed: seed, purpose: "head")
    let weight = Tensor(normal: [outputs, width], deviation: 0.02, using: &generator)
    return Linear(
      weight: Parameter("head.weight", weight, isTrained: true),
      bias: Parameter("head.bias", Tensor(zeros: [outputs]), isTrained: true))
  }

  private static func head(_ given: GivenHead) -> Linear {
    Linear(
      weight: Parameter("head.weight", given.weight, isTrained: given.isTrained),
      bias: Parameter("head.bias", given.bias, isTrained: given.isTrained))
  }

  var head: Linear? { layer }
  var answeringHead: Linear? { outputScale.applied(to: layer) }
  var exampleCount: Int { training.count }
  var longTexts: LongTextCounts { training.longTexts }
  var warnings: [DataWarning] { [training, validation?.encoded].compactMap { $0?.warning } }
  var selectingMetric: String? { kind.metricNames.first }
  var scoresPrompts: Bool { validation != nil }
  var cache: LowerStateCache? { lowerStates.training }

  var trainingFingerprint: DataFingerprint { Self.fingerprint(of: training) }
  var validationFingerprint: DataFingerprint? {
    (validation?.encoded).map { Self.fingerprint(of: $0) }
  }

  private static func fingerprint(of data: EncodedExamples<Kind.Target>) -> DataFingerprint {
    DataFingerprint(
      of: (0..<data.count).map { example in
        [Kind.numbers(of: data.targets[example])]
          + data.rows(of: example).flatMap { numbers(of: data.rows[$0]) }
      })
  }

  private static func numbers(of row: EncodedInput) -> [[Int32]] {
    [row.ids, row.segments] + (row.reads.map { [$0.map { Int32($0) }] } ?? [])
  }

  func tokenCount(of example: Int) -> Int { training.tokenCount(of: example) }

  func rowCount(of example: Int) -> Int { training.rows(of: example).count }

  // Of all examples of a step, before they are shared out: a mean whose parts add up.
  func scale(of examples: [Int]) -> Float {
    let sum = examples.reduce(0) { $0 + kind.weight(of: training.targets[$1]) }
    return sum > 0 ? 1 / Float(sum) : 0
  }
}

// MARK: - Learning

extension HeadObjective {
  func gradients(
    of examples: [Int], firstNumber: Int, step: TrainingStep
  ) -> BatchGradients {
    if let frozen = frozenStates?.training {
      let targets = examples.map { training.targets[$0] }
      return step.gradients { [kind, layer, outputScale] _, pass in
        outputScale.loss(
          of: kind, frozen.outputs(of: examples, by: layer, in: pass), for: targets, step)
      }
    }
    let work = examples.map { example in
      Work(
        places: Array(training.rows(of: example)),
        rows: training.rows(of: example).map { readRow(training.rows[$0], under: shape) },
        target: training.targets[example])
    }
    // The number of each example's first row in the step; a row's dropout depends on its own.
    let numbers = work.reduce(into: [firstNumber]) { $0.append($0[$0.count - 1] + $1.rows.count) }
    let (backbone, pooling, lower) = (setting.backbone, setting.trainer.pooling, cache)
    let dropout = setting.plan.backboneDropout
    return Replicas(team: setting.team).gradients(costs: work.map(\.cost), step: step) {
      [kind, layer, outputScale] share, prompt, pass in
      let own = share.flatMap { work[$0].rows }
      let states = backbone.readStates(
        of: own, numbers: share.flatMap { Array(numbers[$0]..<numbers[$0 + 1]) }, prompts: prompt,
        above: lower?.states(
          of: share.flatMap { work[$0].places }, own.map(\.row), on: backbone,
          prompts: step.tables),
        pooling: pooling, dropout: dropout, in: pass)
      return outputScale.loss(
        of: kind, layer(states, in: pass), for: share.map { work[$0].target }, step)
    }
  }

  // An example of a step.
  private struct Work: Sendable {
    let places: [Int]  // of its rows among all
    let rows: [ReadRow]
    let target: Kind.Target

    var cost: Int { rows.reduce(0) { $0 + $1.row.ids.count } }
  }

  private func readRow(_ input: EncodedInput, under prompt: FoldedPrompt) -> ReadRow {
    ReadRow(row: input.row(under: prompt), slots: input.slots(under: prompt))
  }
}

// MARK: - Scores

extension HeadObjective {
  func scores(of prompt: FoldedPrompt) throws -> ValidationScores? {
    guard let validation else { return nil }
    let outputs =
      frozenStates?.validation?.outputs(head: outputScale.applied(to: layer))
      ?? outputs(of: validation, prompt)
    let byExample = (0..<validation.encoded.count).map { example in
      validation.encoded.rows(of: example).map { outputs[$0] }
    }
    let targets = validation.encoded.targets
    let threshold = kind.threshold(of: byExample, for: targets)
    let answers = byExample.enumerated().map { example, outputs in
      Evaluation.Answer(
        kind.answer(
          from: outputs,
          of: validation.encoded.rows(of: example).map { validation.encoded.rows[$0] },
          to: kind.question(of: example, in: validation.examples),
          by: Calibration(threshold: threshold ?? 0)))
    }
    return ValidationScores(
      metrics: try kind.evaluation(of: answers, to: validation.examples, name: "").metrics,
      temperature: kind.temperature(of: byExample, for: targets)?.value, threshold: threshold)
  }

  private func outputs(of validation: Validation, _ prompt: FoldedPrompt) -> [[Float]] {
    let (backbone, lower) = (setting.backbone, lowerStates.validation)
    let pass = headPass(prompt)
    var above: HeadPass.Lower?
    if let lower {
      above = { places, rows, prompts in
        lower.states(of: places, rows, on: backbone, prompts: prompts)
      }
    }
    return pass.outputs(
      of: validation.encoded.rows.map { readRow($0, under: prompt) }, above: above,
      team: setting.team)
  }

  private func headPass(_ prompt: FoldedPrompt) -> HeadPass {
    HeadPass(
      backbone: setting.backbone, prompts: [ResidentPrompt(prompt, for: setting.backbone)],
      poolings: [setting.trainer.pooling], heads: [outputScale.applied(to: layer)])
  }
}

// MARK: - A head alone

extension HeadObjective {
  func fitHead(under prompt: FoldedPrompt, goesOn: (Double) -> Bool) -> HeadFit? {
    precondition(training.hasPooledStates, "A head is fitted to pooled states.")
    // The states take most of the time.
    let total = Double(training.rows.count + (keepsStates ? validation?.encoded.count ?? 0 : 0))
    var read = 0
    func notes(_ examples: Int) -> Bool {
      read += examples
      return goesOn(0.9 * Double(read) / total)
    }
    guard let states = frozenStates(of: training, under: prompt, goesOn: notes) else { return nil }
    if keepsStates {
      let others = validation.flatMap {
        frozenStates(of: $0.encoded, under: prompt, goesOn: notes)
      }
      guard validation == nil || others != nil else { return nil }
      frozenStates = (states, others)
    }
    let fitted = kind.fittedHead(
      to: states.means(over: (0..<training.count).map(training.rows)), for: training.targets,
      seed: setting.plan.seed, team: setting.team,
      goesOn: { goesOn(0.9 + 0.1 * $0) })
    guard let fitted else { return nil }
    outputScale.set(layer, to: fitted)
    var fit = fitted.fit
    fit.loss /= outputScale.deviation * outputScale.deviation
    return fit
  }

  // Whether a head alone is trained, on one state an example that no dropout changes.
  private var keepsStates: Bool {
    setting.trainer.method.trainsHeadAlone && setting.plan.backboneDropout == 0
      && training.hasSingleStates && validation?.encoded.hasSingleStates != false
  }

  private func makeFrozenStates() -> FrozenSplits? {
    guard keepsStates, let own = frozenStates(of: training) else { return nil }
    return (own, validation.flatMap { frozenStates(of: $0.encoded) })
  }

  // The states under a prompt; `nil` if told to stop.
  private func frozenStates(
    of data: EncodedExamples<Kind.Target>, under prompt: FoldedPrompt = FoldedPrompt(),
    goesOn: (_ examples: Int) -> Bool = { _ in true }
  ) -> FrozenStates? {
    FrozenStates(
      of: data.rows, under: prompt, by: headPass(prompt), team: setting.team, goesOn: goesOn)
  }
}
