// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
import Foundation
public import Prompter

extension PromptPlacement: ExpressibleByArgument {}
extension PromptStack: ExpressibleByArgument {}

/// The methods that the command line knows by name.
enum MethodArgument: String, CaseIterable, ExpressibleByArgument {
  case pTuningV2 = "p-tuning-v2"
  case promptTuning = "prompt-tuning"
  case headOnly = "head-only"
  case fineTuning = "fine-tuning"
  case prefixTuning = "prefix-tuning"
  case pTuning = "p-tuning"
  case fewShot = "few-shot"

  // The others are known so that they can be answered with a sentence.
  static let allValueStrings = MethodName.allCases.map(\.rawValue)

  /// The method, if this version has it.
  func checked() throws -> MethodName {
    guard let name = MethodName(rawValue: rawValue) else {
      let known = MethodName.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageError.notInThisVersion("The method \(rawValue)", use: "one of \(known)")
    }
    return name
  }
}

/// Layers counted from 1, as in `4-6` or `6`.
struct LayerRange: Equatable, ExpressibleByArgument {
  let first: Int
  let last: Int

  init?(argument: String) {
    let parts = argument.split(separator: "-", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let first = Int(parts[0]),
      let last = Int(parts[parts.count - 1]), first >= 1, first <= last
    else { return nil }
    self.first = first
    self.last = last
  }

  /// The layers counted from 0, if a backbone of so many layers has them.
  func range(layerCount: Int) throws -> Range<Int> {
    guard last <= layerCount else {
      throw TrainingError.layersOutOfRange(first: first, last: last, layerCount: layerCount)
    }
    return first - 1..<last
  }
}

/// How a prompt is made while training.
enum ReparameterizationArgument: String, CaseIterable, ExpressibleByArgument {
  case none
  case mlp
  case lstm

  static let allValueStrings = ["none", "mlp"]
}

/// The options that size a prompt.
struct MethodOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Virtual tokens: in each prompted layer, or before the text (default: 20).", valueName: "n"))
  var promptLength: Int?

  @Option(
    help: ArgumentHelp(
      "P-Tuning v2: only these layers, counted from 1, as in 4-6 (default: all).",
      valueName: "first-last"))
  var promptLayers: LayerRange?

  @Option(
    help: ArgumentHelp(
      "P-Tuning v2 of a T5: keys and values in its encoder or its decoder (default: encoder).",
      valueName: "stack"))
  var promptStack: PromptStack?

  @Option(
    help: ArgumentHelp(
      "Prompt tuning: where the prompt stands (default: before the text).", valueName: "place"))
  var promptPlacement: PromptPlacement?

  @Option(
    help: ArgumentHelp(
      "Prompt tuning of a T5: virtual tokens before what its decoder writes (default: none).",
      valueName: "n"))
  var decoderPromptLength: Int?

  @Option(help: "P-Tuning v2: what makes the prompt while training.")
  var reparameterization: ReparameterizationArgument = .none

  @Option(
    help: ArgumentHelp(
      "The width inside --reparameterization mlp (default: the backbone's).", valueName: "n"))
  var reparameterizationWidth: Int?

  /// Refuses options that a method does not have.
  func check(for method: MethodName) throws {
    if reparameterization == .lstm {
      throw UsageError.notInThisVersion("--reparameterization lstm", use: "none or mlp")
    }
    func refuse(_ isGiven: Bool, _ option: String) throws {
      if isGiven { throw UsageError("\(option) does not apply to \(method.rawValue).") }
    }
    if method != .pTuningV2 {
      try refuse(promptLayers != nil, "--prompt-layers")
      try refuse(promptStack != nil, "--prompt-stack")
      try refuse(reparameterization != .none, "--reparameterization")
      try refuse(reparameterizationWidth != nil, "--reparameterization-width")
    }
    if method != .promptTuning {
      try refuse(promptPlacement != nil, "--prompt-placement")
      try refuse(decoderPromptLength != nil, "--decoder-prompt-length")
    }
    if method == .headOnly || method == .fineTuning {
      try refuse(promptLength != nil, "--prompt-length")
    }
    if reparameterizationWidth != nil, reparameterization != .mlp {
      throw UsageError("--reparameterization-width needs --reparameterization mlp.")
    }
    try requirePositive(promptLength, "--prompt-length")
    try requirePositive(decoderPromptLength, "--decoder-prompt-length")
    try requirePositive(reparameterizationWidth, "--reparameterization-width")
  }

  /// The virtual tokens.
  func length(_ recipe: TrainingRecipe? = nil) -> Int {
    promptLength ?? recipe?.promptLength ?? 20
  }

  /// The perceptron, if one was asked for.
  func perceptron(width: Int) -> PTuningV2.Reparameterization {
    reparameterization == .mlp ? .mlp(hidden: reparameterizationWidth ?? width) : .none
  }
}

/// Refuses counts below 1, and those that no machine has room for.
func requirePositive(_ value: Int?, _ option: String) throws {
  guard let value, !(1...1_000_000_000).contains(value) else { return }
  throw UsageError("\(option) must be at least 1 and at most a thousand million, not \(value).")
}
