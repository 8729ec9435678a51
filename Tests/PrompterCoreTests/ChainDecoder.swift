// SPDX-License-Identifier: Apache-2.0

import PrompterCore
import PrompterTensor

/// A decoder whose logits depend on the last token alone: a chain that can be worked out by hand.
final class ChainDecoder: Decoding {
  private let table: [[Float]]
  private(set) var logits: Tensor
  /// How many rows each step had.
  private(set) var rowCounts: [Int]

  /// Rows whose first logits are those after these tokens.
  init(_ table: [[Float]], starts: [Int]) {
    self.table = table
    rowCounts = [starts.count]
    logits = Self.logits(after: starts, table)
  }

  func advance(_ tokens: [Int32], of rows: [Int]) {
    precondition(rows.allSatisfy { $0 < logits.rows }, "There is no such row.")
    rowCounts.append(rows.count)
    logits = Self.logits(after: tokens.map { Int($0) }, table)
  }

  private static func logits(after tokens: [Int], _ table: [[Float]]) -> Tensor {
    Tensor(tokens.flatMap { table[$0] }, shape: [tokens.count, table.count])
  }
}
