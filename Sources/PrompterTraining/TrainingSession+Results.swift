// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterKernels
internal import PrompterMethods
internal import PrompterNN
internal import PrompterPrompts
internal import PrompterTasks
internal import PrompterTensor

extension TrainingSession {
  /// Scores the validation data and keeps the parameters if they are the best so far.
  func evaluate(_ report: (TrainingEvent) -> Void, rate: Double) throws {
    // The step before may have been one too far, which its own loss cannot tell.
    try check(
      "trained parameter", globalNorm(optimizer.parameters.map(\.value), team: team),
      step: progress.step, rate: rate)
    let scores = try objective.scores(of: method.folded())
    let score = scores.flatMap { scores in
      objective.selectingMetric.map { scores.metrics[$0] ?? 0 }
    }
    let isBest = progress.isBetter(score)
    let epochReport = progress.close(
      epoch: Double(progress.step) / Double(stepsPerEpoch), scores: scores, score: score)
    if isBest { best = .current }
    report(.evaluated(epochReport, isBest: isBest))
  }

  /// Ends the run: the prompt with the best parameters, which the session's own become.
  ///
  /// - Parameter unfinished: Why the run ends before its time, if it does.
  /// - Returns: The prompt.
  func finish(unfinished: UnfinishedTraining? = nil) -> Prompt {
    if case .kept(let values) = best { restore(values) }
    best = nil
    let folded = method.folded()
    var card = card(of: folded)
    (card.history, card.best, card.headFit, card.baseline) =
      (progress.history, progress.best, progress.headFit, objective.baseline)
    card.unfinished = unfinished
    let weights = backbone.trainedParameters.flatMap(\.namedParts)
    return Prompt(
      card: card, folded: folded,
      head: objective.answeringHead.map {
        Prompt.Head(weight: $0.weight.value, bias: $0.bias.value)
      },
      backboneWeights: weights.isEmpty
        ? nil
        : Dictionary(uniqueKeysWithValues: weights))
  }

  /// What a prompt of this run says of itself, its results aside.
  func card(of folded: FoldedPrompt) -> PromptCard {
    PromptCard(
      method: trainer.method.name, task: task, columns: objective.columns,
      promptLength: max(folded.inputLength, folded.deepLength),
      promptLayers: folded.deep.map { [$0.layers.lowerBound + 1, $0.layers.upperBound] },
      promptStack: folded.deep?.stack == .decoder ? .decoder : nil,
      firstPosition: folded.deep.flatMap { $0.shiftsPositions ? nil : 0 },
      placement: folded.placement == .beforeText ? nil : folded.placement,
      decoderPromptLength: folded.decoderInput?.rows,
      trainsBackbone: trainer.method.trainsBackbone && folded.hasVectors ? true : nil,
      pooling: objective.head == nil ? nil : trainer.pooling, maximumLength: plan.maximumLength,
      longTexts: plan.longTexts == .cut ? nil : plan.longTexts,
      backbone: identity, trainableParameters: trainableParameters, plan: plan,
      precision: trainer.precision, training: record)
  }

  private func restore(_ values: [Tensor]) {
    for (parameter, value) in zip(optimizer.parameters, values) {
      parameter.value.buffer.update(from: value.buffer)
    }
  }
}

extension FoldedPrompt {
  fileprivate var hasVectors: Bool { input != nil || decoderInput != nil || deep != nil }
}
