// SPDX-License-Identifier: Apache-2.0

internal import PrompterAnswering
internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterKernels
internal import PrompterMethods
internal import PrompterNN
internal import PrompterPrompts
internal import PrompterTasks
internal import PrompterTokenizer

/// A text for each text, for every kind of task whose answers are written: no head, no verbalizer.
///
/// The loss is the mean over all target tokens of a step, end tokens included, as transformers and
/// T5X have it.
final class WriterObjective<Kind: WriterKind>: Objective {
  let baseline: [String: Double]
  let columns: Fields?

  private let kind: Kind
  private let setting: ObjectiveSetting
  private let model: any TextWriter
  private let shape: FoldedPrompt  // the prompt as it starts: how long it is and where it stands
  private let training: EncodedExamples<[Int32]>
  private let validation: (examples: Kind.Examples, encoded: EncodedExamples<[Int32]>)?

  init(
    _ kind: Kind, training: Kind.Examples, validation: Kind.Examples?, in setting: ObjectiveSetting
  ) throws {
    guard let model = setting.backbone as? any TextWriter else {
      throw TrainingError.cannotWrite(model: setting.trainer.model.name)
    }
    func encoded(_ examples: Kind.Examples) throws -> EncodedExamples<[Int32]> {
      try kind.encoded(
        examples, by: setting.reader, maximumTargetLength: setting.plan.maximumTargetLength)
    }
    self.kind = kind
    self.setting = setting
    self.model = model
    columns = training.columns
    shape = setting.method.folded()
    self.training = try encoded(training)
    self.validation = try validation.map { ($0, try encoded($0)) }
    baseline = try validation.map { try kind.baseline(of: training, on: $0) } ?? [:]
  }

  var head: Linear? { nil }
  var exampleCount: Int { training.count }
  var longTexts: LongTextCounts { training.longTexts }
  var warnings: [DataWarning] { [training, validation?.encoded].compactMap { $0?.warning } }
  var selectingMetric: String? { kind.metricNames.first }
  var scoresPrompts: Bool { validation != nil }
  var cache: LowerStateCache? { nil }

  var trainingFingerprint: DataFingerprint { Self.fingerprint(of: training) }
  var validationFingerprint: DataFingerprint? {
    (validation?.encoded).map { Self.fingerprint(of: $0) }
  }

  private static func fingerprint(of data: EncodedExamples<[Int32]>) -> DataFingerprint {
    DataFingerprint(of: zip(data.rows, data.targets).map { [$0.ids, $1] })
  }

  func tokenCount(of example: Int) -> Int {
    training.tokenCount(of: example) + training.targets[example].count
  }

  func scale(of examples: [Int]) -> Float {
    1 / Float(max(1, examples.reduce(0) { $0 + training.targets[$1].count }))
  }

  func gradients(
    of examples: [Int], firstNumber: Int, step: TrainingStep
  ) -> BatchGradients {
    let rows = examples.map { training.rows[$0].row(under: shape) }
    let targets = examples.map { training.targets[$0] }
    let (model, dropout) = (model, setting.plan.backboneDropout)
    let costs = zip(rows, targets).map { $0.ids.count + $1.count }
    return Replicas(team: setting.team).gradients(costs: costs, step: step) {
      share, prompt, pass in
      let numbers = share.map { firstNumber + $0 }
      let batch = Batch(share.map { rows[$0] }, numbers: numbers)
      let own = TargetBatch(
        share.enumerated().map {
          model.targetRow(targets[$1], source: $0, prompt: 0, prompt)
        }, numbers: numbers)
      let logits = model.logits(
        of: own, after: batch, prompts: prompt, dropout: dropout, in: pass)
      return crossEntropy(
        logits, labels: share.flatMap { targets[$0] }, scale: step.scale, zLoss: step.zLoss)
    }
  }

  func scores(of prompt: FoldedPrompt) throws -> ValidationScores? {
    guard let (examples, encoded) = validation else { return nil }
    let writing = Writing(model: model, prompts: [ResidentPrompt(prompt, for: model)])
    let tokenizer = setting.trainer.model.tokenizer
    let generator = Generator(
      maximumLength: kind.task.answerLength(
        tokenizer: tokenizer, maximum: setting.plan.maximumTargetLength))
    let answers = writing.texts(
      for: encoded.rows.map { $0.row(under: prompt) }, by: generator, team: setting.team
    ).map { Evaluation.Answer(text: tokenizer.decode($0.tokens), probability: 0) }
    return ValidationScores(
      metrics: try kind.evaluation(of: answers, to: examples, name: "").metrics)
  }
}
