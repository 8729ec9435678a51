// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Prompter

/// The options of all methods: what they share, and a group for each that has some of its own.
struct MethodOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Virtual tokens: in each prompted layer, or before the text (default: \(usualLength)).",
      valueName: "n"))
  var promptLength: Int?

  @OptionGroup var pTuningV2: PTuningV2Options
  @OptionGroup var promptTuning: PromptTuningOptions

  // The list: a new group stands above and here.
  private var groups: [any MethodOptionGroup] { [pTuningV2, promptTuning] }
  static let groupTypes: [any MethodOptionGroup.Type] = [
    PTuningV2Options.self, PromptTuningOptions.self,
  ]

  /// The virtual tokens of a prompt that nobody gave a length.
  static let usualLength = 20

  private func group(of method: any MethodSettings.Type) -> (any MethodOptionGroup)? {
    groups.first { type(of: $0).method == method.name }
  }
}

extension MethodOptions {
  /// Refuses options that a method does not have, and values that none can have.
  func check(for method: any MethodSettings.Type, start: PromptStart? = nil) throws {
    let own = group(of: method)
    func refuse(_ option: String) -> UsageError {
      UsageError("\(option) does not apply to \(method.name.rawValue).")
    }
    for group in groups { try group.refuseLater() }
    for group in groups where type(of: group).method != method.name {
      if let option = group.given.first { throw refuse(option) }
    }
    guard let own, let usualStart = type(of: own).usualStart else {
      if promptLength != nil { throw refuse("--prompt-length") }
      if start != nil { throw refuse("--prompt-init") }
      try own?.check()
      return
    }
    try requirePositive(promptLength, "--prompt-length")
    try own.check()
    if let start, start != usualStart, !own.takes(start), let words = type(of: own).startWords {
      let others = Self.groupTypes.filter { $0.usualStart != nil && $0.startWords == nil }
        .map { $0.method.rawValue }.joined(separator: " and ")
      throw UsageError(
        "\(method.name.rawValue) starts from \(words); other starts are for \(others).")
    }
  }

  /// Whether something was given that `--peft-compatible` settles.
  var isSettledByPEFT: Bool {
    groups.contains { group in
      group.given.contains { type(of: group).settledByPEFT.contains($0) }
    }
  }

  /// A method as far as it decides how much is trained.
  func settings(
    of method: any MethodSettings.Type, for shape: BackboneShape
  ) throws -> any MethodSettings {
    try group(of: method)?.settings(promptLength: promptLength, for: shape) ?? method.init()
  }

  /// A method with all its options.
  func settings(
    of method: any MethodSettings.Type, start: PromptStart?, in setting: MethodSetting
  ) throws -> any MethodSettings {
    try group(of: method)?.settings(promptLength: promptLength, start: start, in: setting)
      ?? method.init()
  }

  /// What `train --help` shows of methods.
  static var examples: String {
    groupTypes.compactMap { $0.example }.joined(separator: "\n")
  }

  /// Where each method starts, in words.
  static var usualStarts: String {
    groupTypes.compactMap { group in
      group.usualStart.map { "\($0) for \(group.method.rawValue)" }
    }.joined(separator: ", ")
  }
}
