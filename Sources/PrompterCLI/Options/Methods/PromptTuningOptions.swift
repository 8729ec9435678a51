// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import Prompter

extension PromptPlacement: ExpressibleByArgument {}

/// The options of prompt tuning.
struct PromptTuningOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Prompt tuning: where the prompt stands (default: before the text).", valueName: "place"))
  var promptPlacement: PromptPlacement?

  @Option(
    help: ArgumentHelp(
      "Prompt tuning of a T5: virtual tokens before what its decoder writes (default: none).",
      valueName: "n"))
  var decoderPromptLength: Int?
}

extension PromptTuningOptions: MethodOptionGroup {
  static var method: MethodName { PromptTuning.Settings.name }
  static var usualStart: PromptStart? { .vocabulary }
  static var settledByPEFT: [String] { ["--prompt-placement"] }

  static var example: String? {
    """
    Vectors before the text, starting from the labels' words:
        prompter train --model models/minilm --task rte --train train.jsonl \\
          --validation val.jsonl --method \(method.rawValue) --prompt-init labels \\
          --output prompts/rte
    """
  }

  var given: [String] {
    [
      (promptPlacement != nil, "--prompt-placement"),
      (decoderPromptLength != nil, "--decoder-prompt-length"),
    ].filter(\.0).map(\.1)
  }

  func check() throws {
    try requirePositive(decoderPromptLength, "--decoder-prompt-length")
  }

  func settings(promptLength: Int?, for shape: BackboneShape) throws -> any MethodSettings {
    settings(promptLength ?? MethodOptions.usualLength, .random)
  }

  // A prompt that goes on from another one has its length unless told otherwise.
  func settings(
    promptLength: Int?, start: PromptStart?, in setting: MethodSetting
  ) throws -> any MethodSettings {
    let initialization = try (start ?? setting.recipe?.start ?? .vocabulary)
      .initialization(for: setting.model, labels: setting.labels)
    return settings(
      promptLength ?? initialization.ownLength ?? setting.recipe?.promptLength
        ?? MethodOptions.usualLength,
      initialization)
  }

  private func settings(
    _ promptLength: Int, _ initialization: PromptInitialization
  ) -> PromptTuning.Settings {
    PromptTuning.Settings(
      promptLength: promptLength, initialization: initialization,
      placement: promptPlacement ?? .beforeText, decoderLength: decoderPromptLength ?? 0)
  }
}

extension TrainingRecipe {
  /// Where its prompts start.
  var start: PromptStart {
    switch self {
    case .lester: .labels
    case .lesterCode: .randomAsInCode
    }
  }
}
