// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Prompter
import PrompterJSON

/// `prompter prompt nearest`.
struct PromptNearestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nearest",
    abstract: "List the pieces of the vocabulary that are nearest to each virtual token.",
    discussion: """
      For prompts of prompt tuning, over the model that they were trained on, or for an array of \
      NumPy's, as the authors of prompt tuning publish theirs. Near is what has a large cosine \
      with the vector. How much a virtual token's neighbours have in common with each other stands \
      beside what two random pieces have, and clusters are groups of neighbours any two of which \
      have far more. A class label is found where all its pieces are among the neighbours. Tokens \
      and ranks are counted from 1.

      EXAMPLES
        prompter prompt nearest prompts/boolq --model models/t5-base
        prompter prompt nearest sst2.npy --model models/t5-base --count 10 --limit 20
      """)

  @Argument(help: "The prompt's folder, or a .npy file.", completion: .file())
  var prompt: String

  @OptionGroup var model: ModelOptions

  @Option(help: ArgumentHelp("The pieces to list for each virtual token.", valueName: "n"))
  var count = 5

  @Option(
    help: ArgumentHelp(
      "List only so many virtual tokens (default: all); sums are over all.", valueName: "n"))
  var limit: Int?

  @OptionGroup(title: "Computation") var compute: ComputeOptions
  @OptionGroup(title: "Output") var console: OutputOptions

  func run() throws {
    try compute.check()
    try requirePositive(limit, "--limit")
    guard (1...Self.largestCount).contains(count) else {
      throw UsageError("--count must be between 1 and \(Self.largestCount), not \(count).")
    }
    let url = URL(filePath: prompt)
    let isFolder = (try? FileManager.default.contentsOfDirectory(atPath: prompt)) != nil
    let loaded = isFolder ? try Prompt(contentsOf: url) : nil
    let model = try PretrainedModel(contentsOf: model.folder(console), precision: .float32)
    // Vectors would be near something on any model of their width.
    try loaded?.check(against: model, identity: model.identity())
    let nearest = try NearestPieces(
      of: loaded?.folded ?? published(at: url, for: model), labels: loaded?.card.labels ?? [],
      in: model, count: count, threads: compute.threadCount)
    let report = NearestReport(prompt: prompt, model: model.name, nearest: nearest, limit: limit)
    try Output.write(console.json ? report.json.line : report.text)
  }

  // The neighbours' cosines with each other are a square of this many.
  private static let largestCount = 1_000

  private func published(at url: URL, for model: PretrainedModel) throws -> FoldedPrompt {
    let start = try PromptInitialization.prompt(
      contentsOf: url, width: model.backbone.embeddingWidth)
    guard case .prompt(let vectors) = start else { return FoldedPrompt() }
    return FoldedPrompt(input: vectors)
  }
}
