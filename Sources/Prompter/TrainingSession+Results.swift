// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTasks
internal import PrompterTensor

extension TrainingSession {
  /// Scores the validation data and keeps the parameters if they are the best so far.
  func evaluate(_ report: (TrainingEvent) -> Void, rate: Double) throws {
    // The step before may have been one too far, which its own loss cannot tell.
    try check(
      "trained parameter", globalNorm(optimizer.parameters.map(\.value)), step: progress.step,
      rate: rate)
    let scores = validationScores()
    let score = scores.flatMap { scores in task.metrics.first.map { scores[$0] ?? 0 } }
    let isBest = progress.isBetter(score)
    let epochReport = progress.close(
      epoch: Double(progress.step) / Double(stepsPerEpoch), metrics: Self.named(scores ?? [:]),
      score: score)
    if isBest { best = optimizer.parameters.map { $0.value.copy() } }
    report(.evaluated(epochReport, isBest: isBest))
  }

  private func validationScores() -> [Metric: Double]? {
    guard let validation else { return nil }
    let predictions =
      frozenStates?.validation?.predictions(head: head.frozen())
      ?? {
        let folded = method.folded()
        let rows = validation.examples.map { $0.row(virtualTokens: folded.inputLength) }
        return answering(folded).logits(
          of: rows, above: lowerStates.validation, team: replicas.team
        )
        .map(indexOfMaximum)
      }()
    let matrix = ConfusionMatrix(
      predictions: predictions, references: validation.examples.map { Int($0.label) },
      labelCount: task.labels.count)
    return Dictionary(task.metrics.map { ($0, $0.value(of: matrix)) }) { first, _ in first }
  }

  private func answering(_ folded: FoldedPrompt) -> Answering {
    Answering(
      backbone: backbone,
      tables: PromptTables([folded], for: backbone),
      poolings: [trainer.pooling], heads: [head.frozen()])
  }

  func makeFrozenStates() -> (training: FrozenStates, validation: FrozenStates?)? {
    guard trainer.method.name == .headOnly, plan.backboneDropout == 0 else { return nil }
    let answering = answering(FoldedPrompt())
    func states(_ dataset: EncodedDataset) -> FrozenStates {
      FrozenStates(of: dataset, answering: answering, team: replicas.team)
    }
    return (states(training), validation.map(states))
  }

  /// The prompt with its best parameters; the current ones stay as they are.
  func prompt() -> Prompt {
    let current = optimizer.parameters.map { $0.value.copy() }
    if let best { restore(best) }
    defer { restore(current) }
    let folded = method.folded()
    let layers = folded.deep.map { [$0.layers.lowerBound + 1, $0.layers.upperBound] }
    let card = PromptCard(
      method: trainer.method.name, task: task,
      promptLength: max(folded.inputLength, folded.deepLength), promptLayers: layers,
      pooling: trainer.pooling, maximumLength: plan.maximumLength, backbone: identity,
      trainableParameters: trainableParameters, plan: plan, precision: trainer.precision,
      history: progress.history, best: progress.best, baseline: baseline)
    let parts = trainer.method.name == .fineTuning ? trained.dropFirst(2).flatMap(\.namedParts) : []
    return Prompt(
      card: card, folded: folded, headWeight: head.weight.value.copy(),
      headBias: head.bias.value.copy(),
      backboneWeights: parts.isEmpty
        ? nil
        : Dictionary(uniqueKeysWithValues: parts.map { ($0.name, $0.value.copy()) }))
  }

  private func restore(_ values: [Tensor]) {
    for (parameter, value) in zip(optimizer.parameters, values) {
      parameter.value.buffer.update(from: value.buffer)
    }
  }
}
