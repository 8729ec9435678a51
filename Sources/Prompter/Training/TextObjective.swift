// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTasks
internal import PrompterTokenizer

/// A text for each text, written by an encoder-decoder: no head, no verbalizer.
///
/// The loss is the mean over all target tokens of a step, end tokens included, as transformers and
/// T5X have it.
final class TextObjective: Objective {
  let baseline: [String: Double]
  var columns: Fields? { nil }

  private let setting: ObjectiveSetting
  private let model: any EncoderDecoder
  private let task: TaskDescription
  private let text: TextToTextDescription
  private let shape: FoldedPrompt  // the prompt as it starts: how long it is and where it stands
  private let training: EncodedTexts
  private let validation: (dataset: TextToTextDataset, texts: EncodedTexts)?

  init(
    _ task: TaskDescription, training: TextToTextDataset, validation: TextToTextDataset?,
    in setting: ObjectiveSetting
  ) throws {
    guard let model = setting.backbone as? any EncoderDecoder, let text = task.text else {
      throw TrainingError.cannotWrite(model: setting.trainer.model.name)
    }
    let tokenizer = setting.trainer.model.tokenizer
    func encoded(_ dataset: TextToTextDataset) throws -> EncodedTexts {
      try EncodedTexts(
        dataset, tokenizer: tokenizer, maximumLength: setting.plan.maximumLength,
        maximumTargetLength: setting.plan.maximumTargetLength, within: setting.textLimits)
    }
    self.setting = setting
    self.model = model
    self.task = task
    self.text = text
    shape = setting.method.folded()
    self.training = try encoded(training)
    self.validation = try validation.map { ($0, try encoded($0)) }
    baseline =
      validation.map {
        TextScores.majority(training.majorityAnswer, of: $0, labels: task.labels)
          .values(of: text.metrics)
      } ?? [:]
  }

  var head: Linear? { nil }
  var exampleCount: Int { training.examples.count }
  var cutCount: Int { training.cutCount }
  var warnings: [DataWarning] { [training, validation?.texts].compactMap { $0?.warning } }
  var selectingMetric: String? { task.selectingMetric }
  var scoresPrompts: Bool { validation != nil }
  var cache: LowerStateCache? { nil }

  var trainingFingerprint: DataFingerprint { training.fingerprint }
  var validationFingerprint: DataFingerprint? { validation?.texts.fingerprint }

  func tokenCount(of example: Int) -> Int {
    training.examples[example].input.ids.count + training.examples[example].target.count
  }

  func scale(of examples: [Int]) -> Float {
    1 / Float(max(1, examples.reduce(0) { $0 + training.examples[$1].target.count }))
  }

  func gradients(
    of examples: [Int], firstNumber: Int, step: TrainingStep
  ) -> BatchGradients {
    let rows = examples.map { training.examples[$0].input.row(under: shape) }
    let targets = examples.map { training.examples[$0].target }
    let (model, dropout) = (model, setting.plan.backboneDropout)
    let costs = zip(rows, targets).map { $0.ids.count + $1.count }
    return Replicas(team: setting.team).gradients(costs: costs, step: step) {
      share, prompt, pass in
      let numbers = share.map { firstNumber + $0 }
      let batch = Batch(share.map { rows[$0] }, numbers: numbers)
      let memory = model.hiddenStates(
        of: batch, prompts: prompt, reading: .all, dropout: dropout, in: pass)
      let own = TargetBatch(
        share.enumerated().map {
          model.targetRow(targets[$1], memory: $0, prompt: 0, prompt)
        }, numbers: numbers)
      let logits = model.logits(
        of: own, memory: memory, memoryOffsets: batch.offsets, prompts: prompt, dropout: dropout,
        in: pass)
      return crossEntropy(
        logits, labels: share.flatMap { targets[$0] }, scale: step.scale, zLoss: step.zLoss)
    }
  }

  func scores(of prompt: FoldedPrompt) -> [String: Double]? {
    guard let validation else { return nil }
    let writing = Writing(model: model, tables: PromptTables([prompt], for: model))
    let tokenizer = setting.trainer.model.tokenizer
    let generator = Generator(
      maximumLength: task.answerLength(
        tokenizer: tokenizer, maximum: setting.plan.maximumTargetLength))
    let outputs = writing.texts(
      for: validation.texts.examples.map { $0.input.row(under: prompt) }, by: generator,
      team: setting.team
    ).map { tokenizer.decode($0.tokens) }
    return TextScores(
      outputs: outputs, examples: validation.dataset.examples, labels: task.labels
    ).values(of: text.metrics)
  }
}

extension TextScores {
  /// The scores of giving one answer to everything.
  static func majority(
    _ answer: String?, of dataset: TextToTextDataset, labels: [String]
  ) -> TextScores {
    TextScores(
      outputs: dataset.examples.map { _ in answer ?? "" }, examples: dataset.examples,
      labels: labels)
  }
}

extension TaskDescription {
  /// The most tokens that writing an answer is worth: one more than the longest label has, which is
  /// enough to tell that it is none, or `maximum` where any text may be an answer.
  func answerLength(tokenizer: any Tokenizer, maximum: Int) -> Int {
    let longest = labels.map { tokenizer.encode($0, pair: nil, maximumLength: .max).ids.count }
      .max()
    return longest.map { $0 + 1 } ?? max(1, maximum)
  }
}
