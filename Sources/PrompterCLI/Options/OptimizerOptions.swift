// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Prompter

/// The optimisers that the command line knows by name.
enum OptimizerArgument: String, CaseIterable, ExpressibleByArgument {
  case adamw
  case adafactor
}

/// The options of the optimiser and of what it minimises.
struct OptimizerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The optimiser (default: adamw).", valueName: "name"))
  var optimizer: OptimizerArgument?

  @Option(
    help: ArgumentHelp(
      "The share of each value taken off at each step: times the rate by AdamW, as it is by "
        + "Adafactor (default: 0).", valueName: "x"))
  var weightDecay: Double?

  @Option(
    help: ArgumentHelp(
      "Adafactor: the exponent of the second moment's decay (default: 0.8).", valueName: "x"))
  var adafactorDecay: Double?

  @Option(
    help: ArgumentHelp(
      "Adafactor: the steps counted before the first, such as the pretraining's 1100000 "
        + "(default: 0).", valueName: "n"))
  var adafactorStart: Int?

  @Option(
    help: ArgumentHelp(
      "Adafactor: the root mean square that updates are cut to; 0 for none (default: 1).",
      valueName: "x"))
  var adafactorClipping: Float?

  @Option(
    help: ArgumentHelp(
      "Adafactor: the decay of the mean of updates (default: none is kept).", valueName: "x"))
  var adafactorMomentum: Float?

  @Flag(help: "Adafactor: multiply the rate by the size of what is changed.")
  var adafactorScaling = false

  @Flag(help: "Adafactor: keep row and column means of large matrices' second moments.")
  var adafactorFactored = false

  @Option(
    help: ArgumentHelp(
      "The weight of the squared logarithm of the softmax's denominator in the loss "
        + "(default: 0).", valueName: "x"))
  var zLoss: Double?

  /// Whether any of them was given.
  var isGiven: Bool { optimizer != nil || weightDecay != nil || zLoss != nil }

  /// Refuses options of another optimiser and numbers that are none.
  func check(_ recipe: TrainingRecipe?) throws {
    for (value, option) in [(weightDecay, "--weight-decay"), (zLoss, "--z-loss")] {
      if let value, !(value.isFinite && value >= 0) {
        throw UsageError("\(option) must be a number of at least 0, not \(value).")
      }
    }
    if let value = adafactorDecay, !(value.isFinite && value > 0) {
      throw UsageError("--adafactor-decay must be a number above 0, not \(value).")
    }
    if let value = adafactorStart, !(0...1_000_000_000).contains(value) {
      throw UsageError(
        "--adafactor-start must be at least 0 and at most a thousand million, not \(value).")
    }
    if let value = adafactorClipping, !(value.isFinite && value >= 0) {
      throw UsageError("--adafactor-clipping must be a number of at least 0, not \(value).")
    }
    if let value = adafactorMomentum, !(value >= 0 && value < 1) {
      throw UsageError("--adafactor-momentum must be at least 0 and below 1, not \(value).")
    }
    guard case .adamW = choice(recipe) else { return }
    for (isGiven, option) in [
      (adafactorDecay != nil, "decay"), (adafactorStart != nil, "start"),
      (adafactorClipping != nil, "clipping"), (adafactorMomentum != nil, "momentum"),
      (adafactorScaling, "scaling"), (adafactorFactored, "factored"),
    ] where isGiven {
      throw UsageError("--adafactor-\(option) needs --optimizer adafactor.")
    }
  }

  /// The optimiser: the recipe's, if there is one, with what was said otherwise.
  func choice(_ recipe: TrainingRecipe?) -> OptimizerChoice {
    let usual = recipe?.plan.optimizer ?? .adamW
    guard (optimizer.map { $0 == .adafactor } ?? (usual != .adamW)) else { return .adamW }
    var options = AdafactorOptions()
    if case .adafactor(let recipes) = usual { options = recipes }
    if let adafactorDecay { options.decayExponent = adafactorDecay }
    if let adafactorStart { options.startStep = adafactorStart }
    if let adafactorClipping {
      options.clippingThreshold = adafactorClipping > 0 ? adafactorClipping : nil
    }
    if let adafactorMomentum { options.beta1 = adafactorMomentum }
    if adafactorScaling { options.isScaledByParameter = true }
    if adafactorFactored { options.isFactored = true }
    return .adafactor(options)
  }
}
