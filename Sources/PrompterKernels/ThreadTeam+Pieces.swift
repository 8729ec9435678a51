// SPDX-License-Identifier: Apache-2.0

/// A stretch of one of several buffers.
public struct Piece: Sendable, Equatable {
  /// The number of the buffer.
  public let buffer: Int
  /// The positions of its values.
  public let range: Range<Int>

  /// All of some buffers in order, in pieces of at most 65,536 values.
  ///
  /// - Parameter counts: The number of values of each buffer.
  /// - Returns: The pieces, none of them empty.
  public static func pieces(of counts: [Int]) -> [Piece] {
    let most = 1 << 16
    return counts.enumerated().flatMap { buffer, count in
      stride(from: 0, to: count, by: most).map {
        Piece(buffer: buffer, range: $0..<min($0 + most, count))
      }
    }
  }
}

extension ThreadTeam {
  /// What `transform` makes of every piece of some buffers, in order.
  ///
  /// The pieces are the same whatever the number of threads, and so are sums over them. A few are
  /// worked on by the calling thread alone, for waking the others takes longer.
  ///
  /// - Parameters:
  ///   - counts: The number of values of each buffer.
  ///   - transform: Work on one piece.
  /// - Returns: The results.
  public func mapPieces<Result: Sendable>(
    of counts: [Int], _ transform: @Sendable (Piece) -> Result
  ) -> [Result] {
    let pieces = Piece.pieces(of: counts)
    guard pieces.count > 8 else { return pieces.map(transform) }
    return map(pieces.count) { transform(pieces[$0]) }
  }

  /// Calls `body` with every piece of some buffers, as ``mapPieces(of:_:)`` does.
  public func forEachPiece(of counts: [Int], _ body: @Sendable (Piece) -> Void) {
    _ = mapPieces(of: counts, body)
  }
}
