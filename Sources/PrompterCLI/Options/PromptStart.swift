// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Prompter

/// Where a prompt starts, as `--prompt-init` says it.
enum PromptStart: Equatable, ExpressibleByArgument {
  case random
  case randomAsInCode
  case vocabulary
  case labels
  case text(String)
  case prompt(String)
  case activations

  init?(argument: String) {
    let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    switch (parts[0], parts.count == 2 ? String(parts[1]) : nil) {
    case ("random", nil): self = .random
    case ("random", "code"): self = .randomAsInCode
    case ("vocabulary", nil): self = .vocabulary
    case ("labels", nil): self = .labels
    case ("activations", nil): self = .activations
    case ("text", let text?): self = .text(text)
    case ("prompt", let folder?) where !folder.isEmpty: self = .prompt(folder)
    default: return nil
    }
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

/// The options of a method that only training needs.
struct PromptStartOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where the prompt starts: random, even in -0.5 to 0.5, or random:code, in 0 to 0.5; "
        + "vocabulary, labels, text:\"...\", prompt:DIR or prompt:FILE.npy "
        + "(default: vocabulary for prompt-tuning, random for p-tuning-v2).",
      valueName: "start"),
    completion: .list(["random", "random:code", "vocabulary", "labels", "text:", "prompt:"]))
  var promptInit: PromptStart?

  @Option(
    help: ArgumentHelp(
      "P-Tuning v2: the share of prompt values dropped in training (default: 0.1).",
      valueName: "p"))
  var promptDropout: Double?

  /// Refuses what a method cannot start from.
  func check(for method: MethodName) throws {
    if promptInit == .activations {
      throw UsageError.notInThisVersion(
        "--prompt-init activations", use: "random, vocabulary, labels, text:... or prompt:DIR")
    }
    if let promptDropout, !(0..<1).contains(promptDropout) {
      throw UsageError("--prompt-dropout must be at least 0 and below 1, not \(promptDropout).")
    }
    if promptDropout != nil, method != .pTuningV2 {
      throw UsageError("--prompt-dropout does not apply to \(method.rawValue).")
    }
    switch (method, promptInit) {
    case (_, nil), (.promptTuning, _), (.pTuningV2, .random), (.pTuningV2, .prompt): break
    case (.pTuningV2, _):
      throw UsageError(
        "p-tuning-v2 starts from random or prompt:DIR; other starts are for prompt-tuning.")
    case (.headOnly, _), (.fineTuning, _):
      throw UsageError("--prompt-init does not apply to \(method.rawValue).")
    }
  }
}

extension Tokenizer {
  /// Words in the order of their ids, the most frequent first as vocabularies are made.
  func wordCandidates(limit: Int = 5_000) -> [Int32] {
    let special = specialIDs
    var words: [Int32] = []
    for id in 0..<Int32(clamping: vocabularyCount) where words.count < limit {
      guard !special.contains(id), let piece = piece(of: id), isWord(piece) else { continue }
      words.append(id)
    }
    return words
  }

  // Of SentencePiece's vocabularies Lester and others take all pieces; of WordPiece's, the first
  // thousand are marks and letters.
  private func isWord(_ piece: String) -> Bool {
    if self is UnigramTokenizer || self is ByteTokenizer { return true }
    guard !piece.hasPrefix("##"), !piece.hasPrefix("[unused") else { return false }
    return piece.count { $0.isLetter } >= 2
  }
}
