// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Prompter

/// A prompt folder and the name that queries call it by: `NAME=DIR`, or `DIR` alone.
struct PromptReference: Equatable, ExpressibleByArgument {
  let name: String
  let path: String

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2, !parts[0].contains("/") {
      guard !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
      name = String(parts[0])
      path = String(parts[1])
    } else {
      guard !argument.isEmpty else { return nil }
      path = argument
      name =
        URL(filePath: argument, directoryHint: .isDirectory).standardizedFileURL
        .lastPathComponent
    }
  }

  var url: URL { URL(filePath: path, directoryHint: .isDirectory) }
}

/// The option that names prompts.
struct PromptOptions: ParsableArguments {
  @Option(
    name: .customLong("prompt"),
    help: ArgumentHelp(
      "A prompt folder, with a name for it if wanted. Repeatable.", valueName: "name=dir"),
    completion: .directory)
  var prompts: [PromptReference]

  @Flag(
    help: ArgumentHelp(
      "Let the heads of PEFT's own adapters read what they read in PEFT: with prompt tuning, the "
        + "first virtual token in place of [CLS]."))
  var peftCompatible = false

  /// Refuses two prompts of one name.
  func check() throws {
    var names: Set<String> = []
    for prompt in prompts where !names.insert(prompt.name).inserted {
      throw UsageError(
        "Two prompts are named `\(prompt.name)`; give them names with --prompt NAME=DIR.")
    }
  }

  /// The prompts, in the order in which they were given.
  ///
  /// - Parameter console: Where a person is told of adapters that PEFT would use otherwise.
  /// - Returns: The prompts with their names.
  /// - Throws: An error of one sentence if one cannot be read.
  func load(_ console: OutputOptions) throws -> [LoadedPrompt] {
    try prompts.map { reference in
      var prompt = try Prompt(contentsOf: reference.url)
      if prompt.isReadOtherwiseByPEFT {
        if peftCompatible {
          prompt.card.pooling = .firstSlot
        } else {
          console.note(
            "\(reference.path) is PEFT's, whose head would read the first virtual token; here it "
              + "reads [CLS]. For PEFT's numbers take --peft-compatible.")
        }
      }
      if let warning = prompt.stateWarning(in: reference.url) {
        console.note("\(reference.path): \(warning)")
      }
      return LoadedPrompt(name: reference.name, path: reference.path, prompt: prompt)
    }
  }
}

/// A prompt and where it comes from.
struct LoadedPrompt {
  let name: String
  let path: String
  let prompt: Prompt
}

extension [LoadedPrompt] {
  /// A predictor of these prompts, after their check that the backbone's weights are those that
  /// they were trained on.
  ///
  /// - Parameters:
  ///   - model: The backbone.
  ///   - compute: The threads.
  /// - Returns: A predictor that knows the prompts by their names.
  /// - Throws: ``PromptError`` if a prompt does not fit the backbone.
  func predictor(
    on model: PretrainedModel, _ compute: ComputeOptions
  ) throws -> Predictor {
    let known = Set(compactMap(\.prompt.card.backbone.sha256))
    let identity = known.isEmpty ? nil : try model.identity(expecting: known)
    for prompt in self { try prompt.prompt.check(against: model, identity: identity) }
    return try Predictor(
      model: model, prompts: map { ($0.name, $0.prompt) }, threads: compute.threadCount,
      isPinned: compute.isPinned)
  }
}
