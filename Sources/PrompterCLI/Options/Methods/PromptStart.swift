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

extension PromptStart: CustomStringConvertible {
  /// The start as it is spelled.
  var description: String {
    switch self {
    case .random: "random"
    case .randomAsInCode: "random:code"
    case .vocabulary: "vocabulary"
    case .labels: "labels"
    case .text(let text): "text:\(text)"
    case .prompt(let path): "prompt:\(path)"
    case .activations: "activations"
    }
  }
}

extension PromptStart {
  /// The start of vectors at the input.
  ///
  /// - Parameters:
  ///   - model: The model whose words they may start from.
  ///   - labels: The labels that they may start from.
  /// - Returns: The start with all its values.
  /// - Throws: `TrainingError` if there are none; errors of reading a prompt.
  func initialization(
    for model: PretrainedModel, labels: [String]
  ) throws -> PromptInitialization {
    let tokenizer = model.tokenizer
    func candidates() throws -> [Int32] {
      let words = tokenizer.wordCandidates()
      guard !words.isEmpty else { throw TrainingError.emptyInitialization("the vocabulary") }
      return words
    }
    switch self {
    case .random, .activations: return .random
    case .randomAsInCode: return .positiveRandom
    case .vocabulary: return .vocabulary(candidates: try candidates())
    case .labels:
      return .labels(labels.map { tokenizer.ids(of: $0) }, candidates: try candidates())
    case .text(let text):
      let ids = tokenizer.ids(of: text)
      guard !ids.isEmpty else { throw TrainingError.emptyInitialization("the text `\(text)`") }
      return .text(ids)
    case .prompt(let path):
      return try .prompt(contentsOf: URL(filePath: path), width: model.backbone.embeddingWidth)
    }
  }
}

/// Where a prompt starts, whichever method trains it.
struct PromptStartOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where the prompt starts: random, even in -0.5 to 0.5, or random:code, in 0 to 0.5; "
        + "vocabulary, labels, text:\"...\", prompt:DIR or prompt:FILE.npy "
        + "(default: \(MethodOptions.usualStarts)).",
      valueName: "start"),
    completion: .list(["random", "random:code", "vocabulary", "labels", "text:", "prompt:"]))
  var promptInit: PromptStart?

  /// Refuses starts of later versions.
  func check() throws {
    if promptInit == .activations {
      throw UsageError.notInThisVersion(
        "--prompt-init activations", use: "random, vocabulary, labels, text:... or prompt:DIR")
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
