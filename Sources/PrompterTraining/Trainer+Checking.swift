// SPDX-License-Identifier: Apache-2.0

internal import PrompterCore
internal import PrompterMethods
internal import PrompterNN
internal import PrompterPrompts
internal import PrompterTasks
internal import PrompterTensor
internal import PrompterTokenizer

extension Trainer {
  /// Refuses what cannot be carried out, before any text is read.
  ///
  /// - Parameters:
  ///   - kind: The kind of task.
  ///   - hasValidation: Whether there are data that choose the best prompt.
  /// - Throws: ``TrainingError``.
  func check(_ kind: any TaskKind, hasValidation: Bool) throws {
    let headKind = kind as? any HeadKind
    let hasHead = headKind != nil
    try plan.check()
    if plan.patience != nil, !hasValidation {
      throw TrainingError.needsValidation(option: "patience")
    }
    try checkKind(hasHead: hasHead)
    try checkHead(hasHead: hasHead)
    if let headKind { try checkFit(of: headKind) }
    if plan.longTexts != .cut, headKind?.readsLongTexts != true {
      throw TrainingError.cannotReadLong(kind: kind.task.kind.rawValue)
    }
    if plan.classWeights != nil, headKind.map({ type(of: $0).weighsLabels }) != true {
      throw TrainingError.cannotWeigh(kind: kind.task.kind.rawValue)
    }
    try method.check(for: BackboneShape(model.backbone))
    if let limit = model.backbone.positionLimit { try checkRoom(positions: limit) }
    if hasHead, headKind?.pooling == nil, !isPoolingChosen, let declared = model.declaredPooling,
      declared.pooling == nil
    {
      throw TrainingError.unknownPooling(
        model: model.name, file: declared.file, found: String(declared.name.prefix(100)),
        expected: model.backbone.hasPooler ? "cls, mean or pooler" : "cls or mean")
    }
    if hasHead, headKind?.pooling == nil, pooling.usesPooler, !model.backbone.hasPooler {
      throw TrainingError.noPooler(model: model.name)
    }
  }

  private func checkKind(hasHead: Bool) throws {
    if !hasHead, model.textWriter == nil { throw TrainingError.cannotWrite(model: model.name) }
    try method.check(hasHead: hasHead, pooling: pooling)
  }

  private func checkHead(hasHead: Bool) throws {
    if plan.duration == .converged {
      guard method.trainsHeadAlone else {
        throw TrainingError.cannotTrain(
          method: method.name, reason: "only a head alone is fitted until it has converged")
      }
      guard plan.backboneDropout == 0 else {
        throw TrainingError.cannotTrain(
          method: method.name, reason: "with dropout in the backbone its states never stay the same"
        )
      }
    }
    if !hasHead, plan.headStart != .random {
      throw TrainingError.cannotTrain(
        method: method.name, reason: "answers that are texts have no head to start from a probe")
    }
  }

  private func checkFit(of kind: any HeadKind) throws {
    guard plan.duration == .converged || plan.headStart == .probe, !kind.fitsHeads else { return }
    // There a head alone has nothing to fit, and the prompt is what the model says by itself.
    if let verbalizer = kind.task.verbalizer, !verbalizer.trainsWords, plan.headStart != .probe {
      return
    }
    let heads =
      kind.task.verbalizer == nil ? "heads of \(type(of: kind).name.rawValue)" : "labels' words"
    throw TrainingError.cannotTrain(
      method: method.name, reason: "\(heads) are trained by steps only")
  }

  private func checkRoom(positions limit: Int) throws {
    let taken = method.occupiedPositions
    // Special tokens and one of text.
    guard limit - taken > model.tokenizer.limits.specialCount else {
      throw TrainingError.promptTooLong(promptLength: taken, positionLimit: limit)
    }
    guard plan.maximumLength <= limit - taken else {
      throw TrainingError.textTooLong(
        maximumLength: plan.maximumLength, room: limit - taken, promptLength: taken,
        positionLimit: limit)
    }
  }
}

extension TrainingPlan {
  fileprivate func check() throws {
    switch duration {
    case .epochs(let epochs): try TrainingError.checkCount(epochs, "number of epochs")
    case .steps(let steps): try TrainingError.checkCount(steps, "number of steps")
    case .converged: break
    }
    try TrainingError.checkCount(batchSize, "batch size")
    try TrainingError.checkCount(gradientAccumulation, "gradient accumulation")
    try TrainingError.checkCount(threads, "number of threads", most: 1024)
    try TrainingError.checkCount(maximumLength, "maximum length")
    try TrainingError.checkCount(maximumTargetLength, "maximum target length")
    if case .steps(let steps) = evaluation {
      try TrainingError.checkCount(steps, "steps between evaluations")
    }
    if let patience { try TrainingError.checkCount(patience, "patience") }
    if warmup != 0 { try TrainingError.checkCount(warmup, "warm-up") }
    for (option, value) in [
      ("learning rate", learningRate), ("head's learning rate", headLearningRate ?? 0),
      ("weight decay", weightDecay), ("z-loss", zLoss),
      ("limit of the gradient norm", gradientNormLimit ?? 0),
    ] where !(value.isFinite && value >= 0) {
      throw TrainingError.outOfRange(
        option: option, value: "\(value)", expected: "a number of at least 0")
    }
    try TrainingError.checkDropout(backboneDropout, "backbone dropout")
    if case .adafactor(let options) = optimizer { try options.check() }
  }
}

extension AdafactorOptions {
  fileprivate func check() throws {
    func require(_ isMet: Bool, _ option: String, _ value: Any, _ expected: String) throws {
      guard !isMet else { return }
      throw TrainingError.outOfRange(option: option, value: "\(value)", expected: expected)
    }
    try require(
      decayExponent > 0 && decayExponent.isFinite, "decay exponent of Adafactor", decayExponent,
      "a number above 0")
    try require(
      (0...TrainingError.largestCount).contains(startStep), "first step of Adafactor", startStep,
      "at least 0 and at most \(TrainingError.largestCount)")
    if let clippingThreshold {
      try require(
        clippingThreshold > 0 && clippingThreshold.isFinite, "clipping of Adafactor",
        clippingThreshold, "a number above 0")
    }
    if let beta1 {
      try require(
        beta1 >= 0 && beta1 < 1, "momentum of Adafactor", beta1, "at least 0 and below 1")
    }
    for (name, epsilon) in [("first", epsilon1), ("second", epsilon2)] {
      try require(
        epsilon > 0 && epsilon.isFinite, "\(name) epsilon of Adafactor", epsilon,
        "a number above 0")
    }
    try TrainingError.checkCount(leastFactoredExtent, "least factored extent of Adafactor")
  }
}
