// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterNN

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

  /// The keys and values that each row of a batch sees before its own in one layer.
  ///
  /// Without dropout, rows share their prompt's table. With it, every row gets a copy with values
  /// dropped for itself.
  public func deepPrompt(layer: Int, for batch: Batch, in pass: Pass) -> DeepPrompt? {
    guard layers.indices.contains(layer) else { return nil }
    return deepPrompt(layers[layer], batch.prompts, batch.numbers, in: pass)
  }

  /// The same in one layer of a decoder, for rows that name their prompts.
  ///
  /// - Parameters:
  ///   - decoderLayer: The layer.
  ///   - prompts: The prompt of each row.
  ///   - numbers: Each row's number, which its dropout depends on.
  ///   - pass: The tape and its dropout.
  /// - Returns: The keys and values; nil if no prompt has any there.
  public func deepPrompt(
    decoderLayer: Int, prompts: [Int], numbers: [UInt32], in pass: Pass
  ) -> DeepPrompt? {
    guard decoderLayers.indices.contains(decoderLayer) else { return nil }
    return deepPrompt(decoderLayers[decoderLayer], prompts, numbers, in: pass)
  }

  private func deepPrompt(
    _ layer: Layer?, _ prompts: [Int], _ numbers: [UInt32], in pass: Pass
  ) -> DeepPrompt? {
    guard let layer else { return nil }
    let offsets = layer.table.offsets
    let begin = prompts.map { offsets[$0] }
    let end = prompts.map { offsets[$0 + 1] }
    guard let keyDropout = pass.dropout(dropout), let valueDropout = pass.dropout(dropout) else {
      return DeepPrompt(keys: layer.keys, values: layer.values, begin: begin, end: end)
    }
    let indices = zip(begin, end).flatMap { Array($0..<$1) }
    let own = Table(lengths: zip(begin, end).map { Int($1 - $0) }).offsets
    let rowKeys = placeKeys(of: numbers, offsets: own)
    return DeepPrompt(
      keys: drop(rows(indices, of: layer.keys), by: keyDropout, rowKeys: rowKeys),
      values: drop(rows(indices, of: layer.values), by: valueDropout, rowKeys: rowKeys),
      begin: Array(own.dropLast()), end: Array(own.dropFirst()))
  }
}
