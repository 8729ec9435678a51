// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
import Foundation
public import Prompter

extension PromptStack: ExpressibleByArgument {}

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

/// The options of P-Tuning v2.
struct PTuningV2Options: ParsableArguments {
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

  @Option(help: "P-Tuning v2: what makes the prompt while training.")
  var reparameterization: ReparameterizationArgument = .none

  @Option(
    help: ArgumentHelp(
      "The width inside --reparameterization mlp (default: the backbone's).", valueName: "n"))
  var reparameterizationWidth: Int?

  @Option(
    help: ArgumentHelp(
      "P-Tuning v2: the share of prompt values dropped in training (default: 0.1).",
      valueName: "p"))
  var promptDropout: Double?

  private var stack: PromptStack { promptStack ?? .encoder }
  private var dropout: Float { Float(promptDropout ?? 0.1) }
}

extension PTuningV2Options: MethodOptionGroup {
  static var method: MethodName { PTuningV2.Settings.name }
  static var usualStart: PromptStart? { .random }
  static var startWords: String? { "random or prompt:DIR" }
  static var settledByPEFT: [String] { ["--prompt-layers"] }

  var given: [String] {
    [
      (promptLayers != nil, "--prompt-layers"), (promptStack != nil, "--prompt-stack"),
      (reparameterization != .none, "--reparameterization"),
      (reparameterizationWidth != nil, "--reparameterization-width"),
      (promptDropout != nil, "--prompt-dropout"),
    ].filter(\.0).map(\.1)
  }

  func refuseLater() throws {
    if reparameterization == .lstm {
      throw UsageError.notInThisVersion("--reparameterization lstm", use: "none or mlp")
    }
  }

  func check() throws {
    if reparameterizationWidth != nil, reparameterization != .mlp {
      throw UsageError("--reparameterization-width needs --reparameterization mlp.")
    }
    try requirePositive(reparameterizationWidth, "--reparameterization-width")
    if let promptDropout, !(0..<1).contains(promptDropout) {
      throw UsageError("--prompt-dropout must be at least 0 and below 1, not \(promptDropout).")
    }
  }

  func takes(_ start: PromptStart) -> Bool {
    switch start {
    case .random, .prompt: true
    default: false
    }
  }

  func settings(promptLength: Int?, for shape: BackboneShape) throws -> any MethodSettings {
    PTuningV2.Settings(
      promptLength: promptLength ?? MethodOptions.usualLength,
      layers: try promptLayers?.range(layerCount: shape.layerCount(of: stack)),
      reparameterization: reparameterization == .mlp
        ? .mlp(hidden: reparameterizationWidth ?? shape.width) : .none,
      dropout: dropout, stack: stack)
  }

  func settings(
    promptLength: Int?, start: PromptStart?, in setting: MethodSetting
  ) throws -> any MethodSettings {
    let shape = BackboneShape(setting.model.backbone)
    guard case .prompt(let path)? = start else {
      return try settings(promptLength: promptLength, for: shape)
    }
    guard promptLength == nil, promptLayers == nil, reparameterization == .none else {
      throw UsageError(
        "A prompt that goes on from prompt:DIR keeps its length, layers and table; leave out "
          + "--prompt-length, --prompt-layers and --reparameterization.")
    }
    let prompt = try Prompt(contentsOf: URL(filePath: path))
    let folded = prompt.folded
    guard folded.deep != nil, prompt.card.backbone.layers == shape.layerCount,
      prompt.card.backbone.deepWidth == shape.attentionWidth
    else {
      throw UsageError("\(path) is no P-Tuning v2 prompt of a backbone of this shape.")
    }
    return PTuningV2.Settings(
      promptLength: folded.deepLength, dropout: dropout, start: folded, stack: stack)
  }
}
