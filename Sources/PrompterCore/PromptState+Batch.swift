// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterNN

extension PromptState {
  /// Where the slots of a batch get their vectors from.
  public func embeddingSlots(of batch: Batch) -> EmbeddingSlots {
    var tokens: [Int32] = []
    var positions: [Int32] = []
    tokens.reserveCapacity(batch.slotCount)
    positions.reserveCapacity(batch.slotCount)
    for row in 0..<batch.count {
      let prompt = batch.prompts[row]
      let first = input?.table.offsets[prompt] ?? 0
      var position = firstPositions[prompt]
      for slot in Int(batch.offsets[row])..<Int(batch.offsets[row + 1]) {
        let id = batch.ids[slot]
        tokens.append(id < 0 ? id - first : id)
        positions.append(position)
        position += 1
      }
    }
    return EmbeddingSlots(tokens: tokens, positions: positions, segments: batch.segments)
  }

  /// The keys and values that each row of a batch sees before its own in one layer.
  ///
  /// Without dropout, rows share their prompt's table. With it, every row gets a copy with values
  /// dropped for itself.
  public func deepPrompt(layer: Int, for batch: Batch, in pass: Pass) -> DeepPrompt? {
    guard let layer = layers[layer] else { return nil }
    let offsets = layer.table.offsets
    let begin = batch.prompts.map { offsets[$0] }
    let end = batch.prompts.map { offsets[$0 + 1] }
    guard let keyDropout = pass.dropout(dropout), let valueDropout = pass.dropout(dropout) else {
      return DeepPrompt(keys: layer.keys, values: layer.values, begin: begin, end: end)
    }
    let indices = zip(begin, end).flatMap { Array($0..<$1) }
    let own = Table(lengths: zip(begin, end).map { Int($1 - $0) }).offsets
    let rowKeys = batch.placeKeys(offsets: own)
    return DeepPrompt(
      keys: drop(rows(indices, of: layer.keys), by: keyDropout, rowKeys: rowKeys),
      values: drop(rows(indices, of: layer.values), by: valueDropout, rowKeys: rowKeys),
      begin: Array(own.dropLast()), end: Array(own.dropFirst()))
  }
}
