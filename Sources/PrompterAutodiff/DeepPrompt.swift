// SPDX-License-Identifier: Apache-2.0

public import PrompterKernels
internal import PrompterTensor

/// The keys and values that each row of a batch sees before its own in one layer.
///
/// They stay where they are, each prompt's in a block of its own: rows of different prompts only
/// point to different blocks.
public struct DeepPrompt {
  /// Keys and values of some virtual tokens, already projected.
  public struct Block {
    /// The keys, a row of their matrix for each virtual token.
    public let keys: Projection
    /// The values, as many to a row of their matrix as there are of keys.
    public let values: Projection

    /// Keys and values in columns of two matrices, or of one.
    public init(keys: Projection, values: Projection) {
      self.keys = keys
      self.values = values
    }
  }

  /// The prompts' keys and values.
  public let blocks: [Block]
  /// What each batch row sees of them; `nil` for nothing.
  public let parts: [AttentionPrefix.Part?]

  /// Blocks and what each batch row sees of them.
  public init(blocks: [Block], parts: [AttentionPrefix.Part?]) {
    self.blocks = blocks
    self.parts = parts
  }

  /// One block of keys and values [virtual tokens, width] and what each batch row sees of it.
  public init(keys: Variable, values: Variable, parts: [Range<Int>]) {
    self.init(
      blocks: [Block(keys: Projection(keys, column: 0), values: Projection(values, column: 0))],
      parts: parts.map { AttentionPrefix.Part(block: 0, rows: $0) })
  }

  /// The number of virtual tokens that each batch row sees.
  public var lengths: [Int32] { parts.map { Int32($0?.rows.count ?? 0) } }

  var variables: [Variable] { blocks.flatMap { [$0.keys.variable, $0.values.variable] } }

  var prefix: AttentionPrefix {
    AttentionPrefix(
      blocks: blocks.map { AttentionPrefix.Block(keys: $0.keys.block, values: $0.values.block) },
      parts: parts)
  }

  /// Where each block's gradients gather; empty if no block wants any.
  var gradients: [AttentionPrefix.Block?] {
    guard variables.contains(where: \.isRecorded) else { return [] }
    return blocks.map { block in
      guard block.keys.variable.isRecorded || block.values.variable.isRecorded else { return nil }
      return AttentionPrefix.Block(keys: block.keys.gradient, values: block.values.gradient)
    }
  }
}

extension Projection {
  // The kernel finds both of a block; the gradient of a frozen half goes nowhere.
  fileprivate var gradient: ColumnBlock {
    block(of: variable.adjoint?.owned() ?? Tensor(zeros: variable.shape))
  }
}
