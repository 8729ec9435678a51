// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
package import PrompterCore
package import PrompterKernels
internal import PrompterTensor

/// One model that writes, with several prompts, answering batches of mixed rows by texts.
package struct Writing: Sendable {
  let model: any TextWriter
  let prompts: [ResidentPrompt]

  // A step of decoding reads all weights for one token of each row, so many rows share it.
  private static let rowBudget = 64

  /// A model and its prompts.
  package init(model: any TextWriter, prompts: [ResidentPrompt]) {
    self.model = model
    self.prompts = prompts
  }

  /// The texts that are written for rows, in the rows' order.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - numbers: The rows' numbers, which decide what is drawn for them; nil for 0, 1, 2 ...
  ///   - generator: How tokens are chosen, and how many.
  ///   - team: The threads.
  /// - Returns: A text for each row.
  package func texts(
    for rows: [Row], numbers: [Int]? = nil, by generator: Generator, team: ThreadTeam
  ) -> [GeneratedText] {
    shared(rows, team) { share in
      let (tables, own) = PromptTables.serving(
        share.map { rows[$0] }, of: prompts, for: model)
      return model.texts(
        for: Batch(own, numbers: share.map { numbers?[$0] ?? $0 }),
        prompts: tables.map { Variable($0) }, by: generator)
    }
  }

  /// For each row the log-likelihood of each of its candidates, whose last token is the end token.
  func logLikelihoods(
    of candidates: [[[Int32]]], for rows: [Row], team: ThreadTeam
  ) -> [[Float]] {
    shared(rows, team) { share in
      let (tables, own) = PromptTables.serving(
        share.map { rows[$0] }, of: prompts, for: model)
      return model.logLikelihoods(
        of: share.map { candidates[$0] }, for: Batch(own),
        prompts: tables.map { Variable($0) })
    }
  }

  private func shared<Answer: Sendable>(
    _ rows: [Row], _ team: ThreadTeam, _ answer: @Sendable (_ rows: [Int]) -> [Answer]
  ) -> [Answer] {
    team.share(
      costs: rows.map(\.ids.count), amount: rows.count, budget: Self.rowBudget, answer)
  }
}
