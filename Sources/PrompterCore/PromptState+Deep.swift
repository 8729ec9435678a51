// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
internal import PrompterKernels
public import PrompterNN

extension PromptState {
  /// The keys and values that each row of a batch sees before its own in one layer.
  ///
  /// Without dropout, rows point to their prompt's own. With it, every row gets a copy with values
  /// dropped for itself.
  ///
  /// - Complexity: O(rows) without dropout, however many prompts there are.
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
  /// - Returns: The keys and values; nil if no row's prompt has any there.
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
    // Asked for even if nothing is left to drop, so that what comes later drops the same values.
    let (forKeys, forValues) = (pass.dropout(dropout), pass.dropout(dropout))
    let uses = uses(of: layer.blocks, by: prompts)
    guard !uses.isEmpty else { return nil }
    guard let forKeys, let forValues else { return shared(uses, rows: prompts.count) }
    return copied(uses, numbers, dropping: (forKeys, forValues))
  }

  // A block and the batch rows that see it.
  private typealias Use = (block: Block, rows: [Int])

  // In the order in which rows first name them, without blocks of no length.
  private func uses(of blocks: [Block?], by prompts: [Int]) -> [Use] {
    var uses: [Use] = []
    var places: [Int: Int] = [:]
    for (row, prompt) in prompts.enumerated() {
      if let place = places[prompt] {
        uses[place].rows.append(row)
      } else if let block = blocks[prompt], block.length > 0 {
        places[prompt] = uses.count
        uses.append((block, [row]))
      }
    }
    return uses
  }

  private func shared(_ uses: [Use], rows: Int) -> DeepPrompt {
    var parts = [AttentionPrefix.Part?](repeating: nil, count: rows)
    for (place, use) in uses.enumerated() {
      for row in use.rows {
        parts[row] = AttentionPrefix.Part(block: place, rows: 0..<use.block.length)
      }
    }
    return DeepPrompt(
      blocks: uses.map { $0.block.part(keys: $0.block.keys, values: $0.block.values) },
      parts: parts)
  }

  // Each block's rows get copies one after another.
  private func copied(
    _ uses: [Use], _ numbers: [UInt32], dropping dropout: (keys: Dropout, values: Dropout)
  ) -> DeepPrompt {
    var parts = [AttentionPrefix.Part?](repeating: nil, count: numbers.count)
    var blocks: [DeepPrompt.Block] = []
    for (place, use) in uses.enumerated() {
      let length = use.block.length
      for (copy, row) in use.rows.enumerated() {
        parts[row] = AttentionPrefix.Part(
          block: place, rows: copy * length..<(copy + 1) * length)
      }
      let indices = use.rows.flatMap { _ in 0..<Int32(length) }
      let rowKeys = placeKeys(
        of: use.rows.map { numbers[$0] },
        offsets: Table(lengths: use.rows.map { _ in length }).offsets)
      blocks.append(
        use.block.part(
          keys: drop(rows(indices, of: use.block.keys), by: dropout.keys, rowKeys: rowKeys),
          values: drop(
            rows(indices, of: use.block.values), by: dropout.values, rowKeys: rowKeys)))
    }
    return DeepPrompt(blocks: blocks, parts: parts)
  }
}

extension PromptState.Block {
  // What attention sees of matrices that are laid out as the block's.
  fileprivate func part(keys: Variable, values: Variable) -> DeepPrompt.Block {
    DeepPrompt.Block(
      keys: Projection(keys, column: columns.keys),
      values: Projection(values, column: columns.values))
  }
}
