// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor

extension TextWriter {
  /// How likely each of some targets is as what a row's text is answered by.
  ///
  /// log p(target | row) = Σₜ log p(targetₜ | row, target before t), the end token included, by
  /// which targets are ranked. Each row is read once.
  ///
  /// - Parameters:
  ///   - candidates: For each row of the batch its targets' tokens, each with its end token.
  ///   - batch: The rows that are answered.
  ///   - prompts: The prompts that the rows name.
  /// - Returns: For each row a log-likelihood for each candidate, in nats.
  /// - Complexity: One pass over the rows and one over all candidates.
  public func logLikelihoods(
    of candidates: [[[Int32]]], for batch: Batch, prompts: PromptState
  ) -> [[Float]] {
    let targets = candidates.joined().filter { !$0.isEmpty }
    let rows = candidates.enumerated().flatMap { row, targets in
      targets.filter { !$0.isEmpty }.map {
        targetRow($0, source: row, prompt: batch.prompts[row], prompts)
      }
    }
    guard !rows.isEmpty else { return candidates.map { $0.map { _ in 0 } } }
    let logits = logits(
      of: TargetBatch(rows), after: batch, prompts: prompts, dropout: 0, in: .inference()
    ).value
    let sums = logSums(of: logits)
    var row = 0
    var scores = targets.map { target in
      target.reduce(Float(0)) { score, token in
        defer { row += 1 }
        return score + logits.buffer[row * logits.columns + Int(token)] - sums[row]
      }
    }[...]
    return candidates.map { $0.map { $0.isEmpty ? 0 : scores.removeFirst() } }
  }

  /// The row that teaches, or scores, a target, under its prompt's vectors for the decoder.
  public func targetRow(
    _ target: [Int32], source: Int, prompt: Int, _ prompts: PromptState
  ) -> TargetRow {
    TargetRow(
      target: target, start: startTokenID,
      virtualTokens: prompts.decoderInputLength(of: prompt), source: source, prompt: prompt)
  }
}

extension PromptTables {
  /// The number of vectors that a prompt has before a decoder's input.
  public func decoderInputLength(of prompt: Int) -> Int {
    guard let offsets = decoderInput?.table.offsets else { return 0 }
    return Int(offsets[prompt + 1] - offsets[prompt])
  }
}
