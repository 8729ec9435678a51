// SPDX-License-Identifier: Apache-2.0

internal import PrompterNN
internal import PrompterTasks

extension TrainingPlan: Codable {
  // The command line's names, with underscores.
  private enum CodingKeys: String, CodingKey {
    case epochs, steps, converged, optimizer, adafactor, schedule, warmup, patience, seed, threads
    case batchSize = "batch_size"
    case learningRate = "learning_rate"
    case headLearningRate = "head_learning_rate"
    case headStart = "head_start"
    case weightDecay = "weight_decay"
    case zLoss = "z_loss"
    case classWeights = "class_weights"
    case gradientNorm = "gradient_norm"
    case gradientAccumulation = "gradient_accumulation"
    case evaluateEvery = "evaluate_every"
    case maximumLength = "max_length"
    case longTexts = "long"
    case maximumTargetLength = "max_target_length"
    case backboneDropout = "backbone_dropout"
    case isShuffled = "shuffle"
    case isPinned = "pin"
  }

  /// Reads a plan as ``encode(to:)`` writes it.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let evaluationSteps = try values.decodeIfPresent(Int.self, forKey: .evaluateEvery)
    self.init(
      duration: try Self.duration(in: values),
      batchSize: try values.decode(Int.self, forKey: .batchSize),
      optimizer: try Self.optimizer(in: values),
      learningRate: try values.decode(Double.self, forKey: .learningRate),
      headLearningRate: try values.decodeIfPresent(Double.self, forKey: .headLearningRate),
      headStart: try Self.headStart(in: values),
      schedule: try values.decode(Schedule.self, forKey: .schedule),
      warmup: try values.decode(Int.self, forKey: .warmup),
      weightDecay: try values.decode(Double.self, forKey: .weightDecay),
      zLoss: try values.decodeIfPresent(Double.self, forKey: .zLoss) ?? 0,
      classWeights: try values.decodeIfPresent(ClassWeights.self, forKey: .classWeights),
      gradientNormLimit: try values.decodeIfPresent(Double.self, forKey: .gradientNorm),
      gradientAccumulation: try values.decode(Int.self, forKey: .gradientAccumulation),
      evaluation: evaluationSteps.map { .steps($0) } ?? .epoch,
      patience: try values.decodeIfPresent(Int.self, forKey: .patience),
      maximumLength: try values.decode(Int.self, forKey: .maximumLength),
      longTexts: try values.decodeIfPresent(LongTexts.self, forKey: .longTexts) ?? .cut,
      maximumTargetLength: try values.decodeIfPresent(Int.self, forKey: .maximumTargetLength) ?? 64,
      backboneDropout: try values.decode(Float.self, forKey: .backboneDropout),
      isShuffled: try values.decode(Bool.self, forKey: .isShuffled),
      seed: try values.decode(UInt64.self, forKey: .seed),
      threads: try values.decode(Int.self, forKey: .threads),
      isPinned: try values.decode(Bool.self, forKey: .isPinned))
  }

  private static func duration(
    in values: KeyedDecodingContainer<CodingKeys>
  ) throws -> Duration {
    if try values.decodeIfPresent(Bool.self, forKey: .converged) == true { return .converged }
    let steps = try values.decodeIfPresent(Int.self, forKey: .steps)
    return try steps.map { .steps($0) } ?? .epochs(values.decode(Int.self, forKey: .epochs))
  }

  private static func headStart(
    in values: KeyedDecodingContainer<CodingKeys>
  ) throws -> HeadStart {
    guard let name = try values.decodeIfPresent(String.self, forKey: .headStart) else {
      return .random
    }
    guard let start = HeadStart(rawValue: name) else {
      throw DecodingError.dataCorruptedError(
        forKey: .headStart, in: values, debugDescription: "A head cannot start from `\(name)`.")
    }
    return start
  }

  // Plans of before there was a choice have no optimiser's name.
  private static func optimizer(
    in values: KeyedDecodingContainer<CodingKeys>
  ) throws -> OptimizerChoice {
    let name = try values.decodeIfPresent(String.self, forKey: .optimizer)
    switch name {
    case nil, OptimizerChoice.adamW.name: return .adamW
    case OptimizerChoice.adafactor().name:
      return .adafactor(try values.decode(AdafactorOptions.self, forKey: .adafactor))
    case let name?:
      throw DecodingError.dataCorruptedError(
        forKey: .optimizer, in: values, debugDescription: "There is no optimizer `\(name)`.")
    }
  }

  /// Writes the plan: `epochs`, `steps` or `converged`, `evaluate_every` only for a number of
  /// steps, `adafactor` only where it is the optimiser, `class_weights` only if there are any,
  /// and `long` only where long texts are not cut.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    switch duration {
    case .epochs(let epochs): try values.encode(epochs, forKey: .epochs)
    case .steps(let steps): try values.encode(steps, forKey: .steps)
    case .converged: try values.encode(true, forKey: .converged)
    }
    if case .steps(let steps) = evaluation { try values.encode(steps, forKey: .evaluateEvery) }
    try values.encode(batchSize, forKey: .batchSize)
    try values.encode(optimizer.name, forKey: .optimizer)
    if case .adafactor(let options) = optimizer { try values.encode(options, forKey: .adafactor) }
    try values.encode(learningRate, forKey: .learningRate)
    try values.encodeIfPresent(headLearningRate, forKey: .headLearningRate)
    if headStart != .random { try values.encode(headStart.rawValue, forKey: .headStart) }
    try values.encode(schedule, forKey: .schedule)
    try values.encode(warmup, forKey: .warmup)
    try values.encode(weightDecay, forKey: .weightDecay)
    try values.encode(zLoss, forKey: .zLoss)
    try values.encodeIfPresent(classWeights, forKey: .classWeights)
    try values.encodeIfPresent(gradientNormLimit, forKey: .gradientNorm)
    try values.encode(gradientAccumulation, forKey: .gradientAccumulation)
    try values.encodeIfPresent(patience, forKey: .patience)
    try values.encode(maximumLength, forKey: .maximumLength)
    if longTexts != .cut { try values.encode(longTexts, forKey: .longTexts) }
    try values.encode(maximumTargetLength, forKey: .maximumTargetLength)
    try values.encode(backboneDropout, forKey: .backboneDropout)
    try values.encode(isShuffled, forKey: .isShuffled)
    try values.encode(seed, forKey: .seed)
    try values.encode(threads, forKey: .threads)
    try values.encode(isPinned, forKey: .isPinned)
  }
}
