// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport

/// A batch for attention: random projections, and prompts for some rows.
struct AttentionCase {
  /// The tokens of each row.
  let lengths: [Int]
  /// The part of the prompt table that each row sees; empty for none.
  let prompts: [Range<Int>]
  /// Queries, keys and values side by side, [tokens, 3 width].
  let text: Tensor
  /// The prompts' keys and values, [virtual tokens, width].
  let keys, values: Tensor
  /// Every token a query.
  let kernel: AttentionKernel

  init(
    heads: Int, size: Int, lengths: [Int], prompts: [Range<Int>], table: Int = 9,
    dropout: Float? = nil, seed: Int
  ) {
    var random = SeededRandom(seed: seed)
    let width = heads * size
    self.lengths = lengths
    self.prompts = prompts
    text = random.tensor([lengths.reduce(0, +), 3 * width], in: -2...2)
    keys = random.tensor([table, width], in: -2...2)
    values = random.tensor([table, width], in: -2...2)
    let offsets = Self.offsets(lengths)
    kernel = AttentionKernel(
      heads: heads, size: size, scale: 1 / Float(size).squareRoot(), queryOffsets: offsets,
      keyOffsets: offsets,
      dropout: dropout.map {
        (Dropout(probability: $0, key: 77), random.keys(lengths.count))
      })
  }

  /// The same batch with only the first query of every row.
  func firstQueries(reordered: Bool = false) -> AttentionKernel {
    AttentionKernel(
      heads: kernel.heads, size: kernel.size, scale: kernel.scale,
      queryOffsets: Self.offsets(lengths.map { _ in 1 }), keys: kernel.keys,
      reordersLoneQueries: reordered,
      dropout: kernel.dropout)
  }

  /// The rows of `text` that ``firstQueries(reordered:)`` asks for.
  var firstTokens: [Int32] { kernel.keys.begin }

  var hasPrompts: Bool { prompts.contains { !$0.isEmpty } }

  func prompt(keys: Variable, values: Variable) -> DeepPrompt {
    DeepPrompt(keys: keys, values: values, parts: prompts)
  }

  func output(text: Variable, prompt: DeepPrompt?) -> Variable {
    attention(
      kernel, queries: Projection(text, column: 0), keys: Projection(text, column: kernel.width),
      values: Projection(text, column: 2 * kernel.width), prompt: prompt)
  }

  /// The output when queries stand in a matrix of their own, keys and values in another.
  func output(
    _ kernel: AttentionKernel, queries: Variable, keysAndValues: Variable, prompt: DeepPrompt?
  ) -> Variable {
    attention(
      kernel, queries: Projection(queries, column: 0),
      keys: Projection(keysAndValues, column: 0),
      values: Projection(keysAndValues, column: kernel.width), prompt: prompt)
  }

  /// What the slow twin gives.
  var expected: Tensor {
    let (all, width) = (Matrix(text), kernel.width)
    return Reference.attention(
      kernel, queries: all.columns(0..<width), keys: all.columns(width..<2 * width),
      values: all.columns(2 * width..<3 * width),
      prefix: Reference.Prefix(keys: Matrix(keys), values: Matrix(values), ranges: prompts)
    ).tensor
  }

  static func offsets(_ lengths: [Int]) -> [Int32] {
    lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int32($1)) }
  }
}

/// Batches of every kind: one token, rows without a prompt beside rows with short and long ones,
/// rows that share one, rows longer than two blocks of queries.
func forEachAttentionCase(dropout: Float? = nil, _ body: (AttentionCase) -> Void) {
  let layouts: [(lengths: [Int], prompts: [Range<Int>])] = [
    ([1], [0..<0]), ([1, 1], [0..<1, 0..<0]), ([7, 1, 5], [0..<0, 2..<9, 0..<3]),
    ([3, 16, 2], [1..<8, 1..<8, 4..<6]), ([130, 2, 49], [0..<9, 0..<0, 3..<4]),
  ]
  withEvery("heads, size", in: [(1, 4), (3, 8), (4, 32), (2, 64), (3, 33)]) { heads, size in
    withEvery("layout", in: layouts.indices) { index in
      body(
        AttentionCase(
          heads: heads, size: size, lengths: layouts[index].lengths,
          prompts: layouts[index].prompts, dropout: dropout, seed: heads + size + index))
    }
  }
}
