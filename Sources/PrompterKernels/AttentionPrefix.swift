// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// Prompts' keys and values where they lie, and which of them each batch row sees before its own.
///
/// Nothing is copied to bring several prompts together: the kernel gets a pointer for each row.
public struct AttentionPrefix: Sendable {
  /// The keys and values of some virtual tokens, one token a row.
  public struct Block: Sendable {
    /// The keys [virtual tokens, width].
    public let keys: ColumnBlock
    /// The values [virtual tokens, width], as many from one to the next as there are of keys.
    public let values: ColumnBlock

    /// Keys and values in columns of two matrices, or of one.
    public init(keys: ColumnBlock, values: ColumnBlock) {
      self.keys = keys
      self.values = values
    }
  }

  /// Some virtual tokens of a block.
  public struct Part: Sendable, Equatable {
    /// The index of the block.
    public let block: Int
    /// The block's rows.
    public let rows: Range<Int>

    /// Rows of a block.
    public init(block: Int, rows: Range<Int>) {
      self.block = block
      self.rows = rows
    }
  }

  /// The prompts' keys and values.
  public let blocks: [Block]
  /// What each batch row sees of them; `nil` for nothing.
  public let parts: [Part?]

  /// Blocks and what each batch row sees of them.
  public init(blocks: [Block], parts: [Part?]) {
    self.blocks = blocks
    self.parts = parts
  }

  /// The number of virtual tokens that a batch row sees.
  func count(ofRow row: Int) -> Int { parts[row]?.rows.count ?? 0 }

  /// Expects something for each of `rows` batch rows, of blocks of `width` columns.
  func check(rows: Int, width: Int) {
    precondition(parts.count == rows, "A part of a prompt, or none, for every row.")
    for block in blocks { block.check(width: width) }
    for case let part? in parts {
      precondition(
        blocks.indices.contains(part.block) && part.rows.lowerBound >= 0
          && part.rows.upperBound <= blocks[part.block].count,
        "A row's part of a prompt lies outside it.")
    }
  }
}

extension AttentionPrefix.Block {
  /// The number of virtual tokens.
  var count: Int { keys.columns > 0 ? keys.buffer.count / keys.columns : 0 }

  func check(width: Int) {
    precondition(
      !keys.isHeadMajor && !values.isHeadMajor, "A prompt's heads stand side by side.")
    precondition(keys.columns == values.columns, "Keys and values share a stride.")
    keys.check(rows: count, width: width, "attention")
    values.check(rows: count, width: width, "attention")
  }
}

extension AttentionPrefix {
  /// Calls `body` with what each row sees, as the kernel takes it; with nothing if there is no
  /// prefix, which must have been checked.
  static func withRows(
    of prefix: AttentionPrefix?, _ body: (UnsafePointer<prompter_prefix>?) -> Void
  ) {
    guard let prefix else { return body(nil) }
    let rows = unsafe prefix.parts.map { part in
      guard let part, !part.rows.isEmpty else { return unsafe prompter_prefix() }
      let block = prefix.blocks[part.block]
      let first = part.rows.lowerBound * block.keys.columns
      return unsafe prompter_prefix(
        keys: block.keys.start + first, values: block.values.start + first,
        stride: block.keys.columns, count: part.rows.count)
    }
    // Rows hold pointers, not buffers.
    withExtendedLifetime(prefix) {
      unsafe rows.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
    }
  }

  /// Calls `body` with where the gradients of what each row sees are added to; with nothing if none
  /// are wanted.
  ///
  /// - Parameters:
  ///   - gradients: For each block of the prefix matrices as large, or `nil`; empty for none.
  ///   - prefix: What rows see.
  ///   - width: The number of values in a key.
  ///   - body: Is given one for each row.
  static func withGradients(
    _ gradients: [Block?], of prefix: AttentionPrefix?, width: Int,
    _ body: (UnsafePointer<prompter_prefix_gradients>?) -> Void
  ) {
    guard let prefix, !gradients.isEmpty else { return body(nil) }
    prefix.check(gradients, width: width)
    let rows = unsafe prefix.parts.map { part in
      guard let part, !part.rows.isEmpty, let block = gradients[part.block] else {
        return unsafe prompter_prefix_gradients()
      }
      let first = part.rows.lowerBound * block.keys.columns
      return unsafe prompter_prefix_gradients(
        keys: block.keys.start + first, values: block.values.start + first,
        stride: block.keys.columns)
    }
    withExtendedLifetime(gradients) {
      unsafe rows.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
    }
  }

  private func check(_ gradients: [Block?], width: Int) {
    precondition(gradients.count == blocks.count, "A gradient, or none, for every block.")
    for case let (gradient?, block) in zip(gradients, blocks) {
      precondition(gradient.count == block.count, "A gradient is as large as its block.")
      gradient.check(width: width)
    }
  }
}
