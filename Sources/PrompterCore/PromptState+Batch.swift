// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff

extension PromptState {
  /// Where the slots of a batch get their vectors from.
  public func embeddingSlots(of batch: Batch) -> EmbeddingSlots {
    var positions: [Int32] = []
    positions.reserveCapacity(batch.slotCount)
    for row in 0..<batch.count {
      let first = firstPositions[batch.prompts[row]]
      positions += (0..<batch.offsets[row + 1] - batch.offsets[row]).map { first + $0 }
    }
    return EmbeddingSlots(
      tokens: tokens(of: batch), positions: positions, segments: batch.segments)
  }

  /// For each slot of a batch its token, or −1 − i for row i of all prompts' input vectors.
  public func tokens(of batch: Batch) -> [Int32] {
    Self.tokens(batch.ids, offsets: batch.offsets, prompts: batch.prompts, in: input)
  }

  /// For each slot of targets its token, or −1 − i for row i of all prompts' decoder vectors.
  public func tokens(of targets: TargetBatch) -> [Int32] {
    Self.tokens(targets.ids, offsets: targets.offsets, prompts: targets.prompts, in: decoderInput)
  }

  private static func tokens(
    _ ids: [Int32], offsets: [Int32], prompts: [Int], in input: Input?
  ) -> [Int32] {
    var tokens = ids
    for (row, prompt) in prompts.enumerated() {
      guard let first = input?.table.offsets[prompt], first > 0 else { continue }
      for slot in Int(offsets[row])..<Int(offsets[row + 1]) where ids[slot] < 0 {
        tokens[slot] -= first
      }
    }
    return tokens
  }
}
