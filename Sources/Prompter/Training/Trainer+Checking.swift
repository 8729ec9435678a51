// SPDX-License-Identifier: Apache-2.0

internal import PrompterCore
internal import PrompterMethods
internal import PrompterNN
internal import PrompterTensor

extension Trainer {
  /// Refuses what cannot be carried out, before any text is read.
  ///
  /// - Parameters:
  ///   - hasHead: Whether the task has labels that a head chooses among.
  ///   - hasValidation: Whether there are data that choose the best prompt.
  /// - Throws: ``TrainingError``.
  func check(hasHead: Bool, hasValidation: Bool) throws {
    try plan.check()
    if plan.patience != nil, !hasValidation {
      throw TrainingError.needsValidation(option: "patience")
    }
    try checkKind(hasHead: hasHead)
    try checkHead(hasHead: hasHead)
    try method.check(for: model.backbone)
    if let limit = model.backbone.positionLimit { try checkRoom(positions: limit) }
    if hasHead, !isPoolingChosen, let declared = model.declaredPooling, declared.pooling == nil {
      throw TrainingError.unknownPooling(
        model: model.name, file: declared.file, found: String(declared.name.prefix(100)),
        expected: model.backbone.hasPooler ? "cls, mean or pooler" : "cls or mean")
    }
    if hasHead, pooling.usesPooler, !model.backbone.hasPooler {
      throw TrainingError.noPooler(model: model.name)
    }
  }

  private func checkKind(hasHead: Bool) throws {
    if !hasHead, model.textWriter == nil { throw TrainingError.cannotWrite(model: model.name) }
    if !hasHead, method.name == .headOnly {
      throw TrainingError.cannotTrain(
        method: .headOnly, reason: "answers that are texts have no head")
    }
    guard case .promptTuning(_, _, let placement, let decoderLength) = method else { return }
    if hasHead, decoderLength > 0 {
      throw TrainingError.cannotTrain(
        method: method.name, reason: "a prompt for the decoder needs answers that are texts")
    }
    if hasHead, pooling == .mean, placement != .beforeText {
      throw TrainingError.cannotTrain(
        method: method.name, reason: "a prompt among the words would count in their mean")
    }
  }

  private func checkHead(hasHead: Bool) throws {
    if plan.duration == .converged {
      guard method.name == .headOnly else {
        throw TrainingError.cannotTrain(
          method: method.name, reason: "only a head alone is fitted until it has converged")
      }
      guard plan.backboneDropout == 0 else {
        throw TrainingError.cannotTrain(
          method: .headOnly, reason: "with dropout in the backbone its states never stay the same")
      }
    }
    if !hasHead, plan.headStart != .random {
      throw TrainingError.cannotTrain(
        method: method.name, reason: "answers that are texts have no head to start from a probe")
    }
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

// So large that nobody asks for it, so small that products of two such counts stay below 2⁶³.
private let largestCount = 1 << 30

private func checkCount(_ value: Int, _ option: String, most: Int = largestCount) throws {
  guard value >= 1 else { throw TrainingError.notPositive(option: option, value: value) }
  guard value <= most else {
    throw TrainingError.outOfRange(option: option, value: "\(value)", expected: "at most \(most)")
  }
}

private func checkDropout(_ value: Float, _ option: String) throws {
  guard value >= 0, value < 1 else {
    throw TrainingError.outOfRange(
      option: option, value: "\(value)", expected: "at least 0 and below 1")
  }
}

extension TrainingPlan {
  fileprivate func check() throws {
    switch duration {
    case .epochs(let epochs): try checkCount(epochs, "number of epochs")
    case .steps(let steps): try checkCount(steps, "number of steps")
    case .converged: break
    }
    try checkCount(batchSize, "batch size")
    try checkCount(gradientAccumulation, "gradient accumulation")
    try checkCount(threads, "number of threads", most: 1024)
    try checkCount(maximumLength, "maximum length")
    try checkCount(maximumTargetLength, "maximum target length")
    if case .steps(let steps) = evaluation { try checkCount(steps, "steps between evaluations") }
    if let patience { try checkCount(patience, "patience") }
    if warmup != 0 { try checkCount(warmup, "warm-up") }
    for (option, value) in [
      ("learning rate", learningRate), ("head's learning rate", headLearningRate ?? 0),
      ("weight decay", weightDecay), ("z-loss", zLoss),
      ("limit of the gradient norm", gradientNormLimit ?? 0),
    ] where !(value.isFinite && value >= 0) {
      throw TrainingError.outOfRange(
        option: option, value: "\(value)", expected: "a number of at least 0")
    }
    try checkDropout(backboneDropout, "backbone dropout")
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
      (0...largestCount).contains(startStep), "first step of Adafactor", startStep,
      "at least 0 and at most \(largestCount)")
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
    try checkCount(leastFactoredExtent, "least factored extent of Adafactor")
  }
}

extension MethodChoice {
  fileprivate func check(for backbone: any Backbone) throws {
    switch self {
    case .pTuningV2(
      let length, let layers, let reparameterization, let dropout, let start, let stack):
      try checkDropout(dropout, "prompt dropout")
      let layerCount = backbone.layerCount(of: stack)
      guard layerCount > 0 else {
        throw TrainingError.cannotTrain(method: name, reason: "the model has no decoder")
      }
      if let start { return try Self.check(start, stack, for: backbone) }
      try checkCount(length, "prompt length")
      if let layers, !(0..<layerCount).contains(layers) || layers.isEmpty {
        throw TrainingError.layersOutOfRange(
          first: layers.lowerBound + 1, last: layers.upperBound, layerCount: layerCount)
      }
      if case .mlp(let hidden) = reparameterization {
        try checkCount(hidden, "width of the perceptron", most: 1 << 16)
      }
    case .promptTuning(let length, let initialization, _, let decoderLength):
      try checkCount(length, "prompt length")
      if decoderLength != 0 { try checkCount(decoderLength, "length of the decoder's prompt") }
      try Self.check(initialization, length: length, for: backbone)
    case .headOnly, .fineTuning: break
    }
  }

  private static func check(
    _ start: FoldedPrompt, _ stack: PromptStack, for backbone: any Backbone
  ) throws {
    let layerCount = backbone.layerCount(of: stack)
    guard let deep = start.deep, deep.stack == stack, deep.table.rows > 0,
      deep.table.columns == layerCount * 2 * backbone.attentionWidth
    else {
      throw TrainingError.outOfRange(
        option: "prompt to start from", value: "one of another shape",
        expected: "a P-Tuning v2 prompt over \(layerCount) layers of width "
          + "\(backbone.attentionWidth)")
    }
  }

  private static func check(
    _ initialization: PromptInitialization, length: Int, for backbone: any Backbone
  ) throws {
    let isUsable =
      switch initialization {
      case .random, .positiveRandom: true
      case .vocabulary(let candidates): !candidates.isEmpty
      case .labels(let labels, let candidates):
        !candidates.isEmpty || labels.prefix(length).count { !$0.isEmpty } == length
      case .text(let ids): !ids.isEmpty
      case .prompt(let other): other.rows > 0 && other.columns == backbone.width
      }
    guard isUsable else {
      throw TrainingError.emptyInitialization("the \(initialization.kind) given")
    }
  }
}
