// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// Projections of a table of relative positions that the queries and keys of an attention meet.
///
/// He and others 2021 (DeBERTa), section 3.1: scores are
/// scale (q·k + q·kₚ[d] + k·qₚ[d]) for a key d places after its query, content to content, content
/// to position and position to content. A prompt's keys have no place; they are scored by content
/// alone, scaled as the others. The gradient of kₚ and qₚ is summed over all scores of a distance.
public struct PositionProjections {
  /// Keys and queries of positions [positions, ≥ width].
  public let table: Variable
  let vectors: PositionVectors

  /// Projections in columns of a matrix.
  ///
  /// - Parameters:
  ///   - table: [positions, columns].
  ///   - keys: The first column of kₚ, if there are any.
  ///   - queries: The first column of qₚ, if there are any.
  ///   - rows: The row of the table for each distance, from −reach to reach.
  public init(_ table: Variable, keys: Int?, queries: Int?, rows: [Int32]) {
    self.table = table
    vectors = PositionVectors(
      keys: keys.map { Projection(table, column: $0).block },
      queries: queries.map { Projection(table, column: $0).block }, rows: rows)
  }
}
