// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import Prompter

extension LabelAnswering: ExpressibleByArgument {}

/// The options of answers that are texts.
struct AnswerOptions: ParsableArguments {
  @Option(
    name: .customLong("by"),
    help: ArgumentHelp(
      "Text-to-text tasks with labels: take the label that is likeliest, or write freely.",
      valueName: "way"))
  var answering: LabelAnswering?

  @Option(help: ArgumentHelp("Write with so many beams (default: 1).", valueName: "n"))
  var beams: Int?

  @Option(
    help: ArgumentHelp(
      "The power of the length that beams' log-likelihoods are divided by (default: 1).",
      valueName: "x"))
  var lengthPenalty: Float?

  @Option(help: ArgumentHelp("Draw tokens at random, at this temperature.", valueName: "x"))
  var temperature: Float?

  @Option(help: ArgumentHelp("Draw from the likeliest tokens only.", valueName: "n"))
  var topK: Int?

  @Option(
    help: ArgumentHelp(
      "Draw from the fewest tokens that have this probability together.", valueName: "p"))
  var topP: Float?

  @Option(help: ArgumentHelp("The seed of what is drawn (default: 0).", valueName: "n"))
  var drawSeed: UInt64?

  @Option(
    help: ArgumentHelp(
      "The tokens of an answer, its end included (default: as the prompt was trained).",
      valueName: "n"))
  var maxNewTokens: Int?

  @Option(help: ArgumentHelp("The fewest tokens of an answer before its end.", valueName: "n"))
  var minNewTokens: Int?

  /// Refuses numbers that choose no tokens.
  func check() throws {
    try requirePositive(beams, "--beams")
    if let beams, beams > 256 { throw UsageError("--beams must be at most 256, not \(beams).") }
    try requirePositive(topK, "--top-k")
    try requirePositive(maxNewTokens, "--max-new-tokens")
    try requirePositive(minNewTokens, "--min-new-tokens")
    if let temperature, !(temperature.isFinite && temperature > 0) {
      throw UsageError("--temperature must be a number above 0, not \(temperature).")
    }
    if let lengthPenalty, !lengthPenalty.isFinite {
      throw UsageError("--length-penalty must be a number.")
    }
    if let topP, !(topP > 0 && topP <= 1) {
      throw UsageError("--top-p must be above 0 and at most 1, not \(topP).")
    }
    if draws, beams != nil { throw UsageError("Give --beams or draw tokens at random, not both.") }
    if lengthPenalty != nil, beams == nil { throw UsageError("--length-penalty needs --beams.") }
  }

  private var draws: Bool {
    temperature != nil || topK != nil || topP != nil || drawSeed != nil
  }

  private var strategy: DecodingStrategy {
    if let beams, beams > 1 {
      return .beam(BeamSearch(width: beams, lengthPenalty: lengthPenalty ?? 1))
    }
    guard draws else { return .greedy }
    return .sampling(
      Sampling(temperature: temperature ?? 1, topK: topK, topP: topP ?? 1, seed: drawSeed ?? 0))
  }

  /// The predictor with what was said.
  ///
  /// - Parameters:
  ///   - predictor: The predictor.
  ///   - usual: How labels are found where nothing was said.
  /// - Returns: A predictor that answers so.
  func applied(to predictor: Predictor, usual: LabelAnswering) -> Predictor {
    var predictor = predictor
    predictor.answering = answering ?? usual
    predictor.strategy = strategy
    predictor.maximumTargetLength = maxNewTokens
    predictor.minimumTargetLength = minNewTokens ?? 0
    return predictor
  }
}
