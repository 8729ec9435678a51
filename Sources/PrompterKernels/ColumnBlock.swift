// SPDX-License-Identifier: Apache-2.0

/// Where the queries, keys or values of all heads stand in a buffer.
///
/// In a matrix [tokens, columns] they are a block of columns, the heads side by side. Keys and
/// values may also stand head after head [heads, tokens, size], so that all of one head's are read
/// in one sweep.
public struct ColumnBlock: Sendable {
  /// The whole buffer.
  public let buffer: Buffer
  /// The values from one token to the next.
  public let columns: Int
  /// The place of the first token's first value.
  public let first: Int
  /// The values from one head to the next; `nil` if heads stand side by side.
  let headStride: Int?

  /// The block of a matrix, rows of `columns` values, that begins at column `first`.
  public init(_ buffer: Buffer, columns: Int, first: Int) {
    self.buffer = buffer
    self.columns = columns
    self.first = first
    headStride = nil
  }

  /// Heads from `head` on of a buffer [heads, tokens, size].
  public init(headMajor buffer: Buffer, tokens: Int, size: Int, head: Int) {
    self.buffer = buffer
    columns = size
    first = head * tokens * size
    headStride = tokens * size
  }

  /// Whether tokens stand head after head.
  var isHeadMajor: Bool { headStride != nil }

  func check(rows: Int, width: Int, _ name: StaticString) {
    let isInside =
      if let headStride {
        headStride == rows * columns && first >= 0 && first + rows * width <= buffer.count
      } else {
        buffer.count == rows * columns && first >= 0 && first + width <= columns
      }
    precondition(isInside, "\(name): the block lies outside its buffer.")
  }

  var start: UnsafeMutablePointer<Float> { unsafe buffer.base + first }
}
