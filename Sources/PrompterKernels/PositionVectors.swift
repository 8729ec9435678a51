// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// Vectors of relative positions that the queries and keys of an attention meet.
///
/// He and others 2021 (DeBERTa), section 3.1. Query i and key j of a row score
/// scale (q·k + q·kₚ[d] + k·qₚ[d]) with d = j − i their distance; a prompt's keys have no place and
/// score scale q·k alone.
public struct PositionVectors: Sendable {
  /// kₚ, the keys of positions in a matrix [positions, columns]; `nil` for none.
  public let keys: ColumnBlock?
  /// qₚ, the queries of positions in the same matrix; `nil` for none.
  public let queries: ColumnBlock?
  /// Which row of the matrix a distance has: that of d is `rows[reach + d]`.
  public let rows: [Int32]

  /// Vectors for distances of at most ``reach`` in either direction.
  ///
  /// - Parameters:
  ///   - keys: The keys of positions, or none.
  ///   - queries: The queries of positions in the same matrix, or none.
  ///   - rows: A row of the matrix for each distance, an odd number of them.
  public init(keys: ColumnBlock?, queries: ColumnBlock?, rows: [Int32]) {
    precondition(keys != nil || queries != nil, "Neither keys nor queries of positions.")
    precondition(rows.count % 2 == 1, "As many distances in one direction as in the other.")
    if let keys, let queries {
      precondition(keys.columns == queries.columns, "Both stand in one matrix.")
    }
    self.keys = keys
    self.queries = queries
    self.rows = rows
  }

  /// The longest distance, in either direction.
  public var reach: Int { rows.count / 2 }

  /// Expects vectors of `width` values for a kernel whose rows have at most `longest` keys.
  func check(_ kernel: AttentionKernel, longest: Int) {
    precondition(
      kernel.queryPlaces != nil && !kernel.isCausal && !kernel.reordersLoneQueries,
      "Terms of positions need places, and all keys.")
    precondition(longest <= reach + 1, "Positions do not reach over the longest row.")
    for block in [keys, queries].compactMap(\.self) {
      precondition(!block.isHeadMajor, "Heads of positions stand side by side.")
      let count = block.buffer.count / block.columns
      block.check(rows: count, width: kernel.width, "attention")
      Kernels.expect(rows, below: count, "attention")
    }
  }

  /// The values of scratch memory that an attention needs for them.
  static func scratchCount(of positions: PositionVectors?, size: Int) -> Int {
    positions.map { prompter_positions_scratch($0.reach, size) } ?? 0
  }

  /// Calls `body` with the vectors as the kernel takes them.
  static func withDescription(
    of positions: PositionVectors?, _ body: (UnsafePointer<prompter_positions>?) -> Void
  ) {
    guard let positions else { return body(nil) }
    withExtendedLifetime(positions) {
      unsafe positions.rows.withUnsafeBufferPointer { rows in
        var description = unsafe prompter_positions()
        unsafe description.keys = UnsafePointer(positions.keys?.start)
        unsafe description.queries = UnsafePointer(positions.queries?.start)
        unsafe description.stride = positions.keys?.columns ?? positions.queries?.columns ?? 0
        unsafe description.rows = rows.baseAddress
        unsafe description.reach = positions.reach
        unsafe withUnsafePointer(to: &description) { unsafe body($0) }
      }
    }
  }

  /// Lets a pullback add to `gradient`, the gradient of the matrix.
  func add(_ gradient: Buffer?, to targets: inout prompter_attention_gradients) {
    guard let gradient else { return }
    Kernels.expect(gradient, count: (keys ?? queries)?.buffer.count ?? 0, "attention")
    if let keys { unsafe targets.position_keys = gradient.base + keys.first }
    if let queries { unsafe targets.position_queries = gradient.base + queries.first }
  }
}
