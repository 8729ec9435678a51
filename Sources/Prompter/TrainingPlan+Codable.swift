// SPDX-License-Identifier: Apache-2.0

extension TrainingPlan: Codable {
  // The command line's names, with underscores.
  private enum CodingKeys: String, CodingKey {
    case epochs, steps, schedule, warmup, patience, seed, threads
    case batchSize = "batch_size"
    case learningRate = "learning_rate"
    case weightDecay = "weight_decay"
    case gradientNorm = "gradient_norm"
    case gradientAccumulation = "gradient_accumulation"
    case evaluateEvery = "evaluate_every"
    case maximumLength = "max_length"
    case backboneDropout = "backbone_dropout"
    case isShuffled = "shuffle"
    case isPinned = "pin"
  }

  /// Reads a plan as ``encode(to:)`` writes it.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let steps = try values.decodeIfPresent(Int.self, forKey: .steps)
    let evaluationSteps = try values.decodeIfPresent(Int.self, forKey: .evaluateEvery)
    self.init(
      duration: try steps.map { .steps($0) } ?? .epochs(values.decode(Int.self, forKey: .epochs)),
      batchSize: try values.decode(Int.self, forKey: .batchSize),
      learningRate: try values.decode(Double.self, forKey: .learningRate),
      schedule: try values.decode(Schedule.self, forKey: .schedule),
      warmup: try values.decode(Int.self, forKey: .warmup),
      weightDecay: try values.decode(Double.self, forKey: .weightDecay),
      gradientNormLimit: try values.decodeIfPresent(Double.self, forKey: .gradientNorm),
      gradientAccumulation: try values.decode(Int.self, forKey: .gradientAccumulation),
      evaluation: evaluationSteps.map { .steps($0) } ?? .epoch,
      patience: try values.decodeIfPresent(Int.self, forKey: .patience),
      maximumLength: try values.decode(Int.self, forKey: .maximumLength),
      backboneDropout: try values.decode(Float.self, forKey: .backboneDropout),
      isShuffled: try values.decode(Bool.self, forKey: .isShuffled),
      seed: try values.decode(UInt64.self, forKey: .seed),
      threads: try values.decode(Int.self, forKey: .threads),
      isPinned: try values.decode(Bool.self, forKey: .isPinned))
  }

  /// Writes the plan: `epochs` or `steps`, and `evaluate_every` only for a number of steps.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    switch duration {
    case .epochs(let epochs): try values.encode(epochs, forKey: .epochs)
    case .steps(let steps): try values.encode(steps, forKey: .steps)
    }
    if case .steps(let steps) = evaluation { try values.encode(steps, forKey: .evaluateEvery) }
    try values.encode(batchSize, forKey: .batchSize)
    try values.encode(learningRate, forKey: .learningRate)
    try values.encode(schedule, forKey: .schedule)
    try values.encode(warmup, forKey: .warmup)
    try values.encode(weightDecay, forKey: .weightDecay)
    try values.encodeIfPresent(gradientNormLimit, forKey: .gradientNorm)
    try values.encode(gradientAccumulation, forKey: .gradientAccumulation)
    try values.encodeIfPresent(patience, forKey: .patience)
    try values.encode(maximumLength, forKey: .maximumLength)
    try values.encode(backboneDropout, forKey: .backboneDropout)
    try values.encode(isShuffled, forKey: .isShuffled)
    try values.encode(seed, forKey: .seed)
    try values.encode(threads, forKey: .threads)
    try values.encode(isPinned, forKey: .isPinned)
  }
}
