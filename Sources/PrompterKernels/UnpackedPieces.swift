// SPDX-License-Identifier: Apache-2.0

/// The bytes of a file, a pipe or a terminal as they come, unpacked where they begin like packed
/// ones.
///
/// Only what is read at a time is in memory. One thread may read at a time.
public final class UnpackedPieces: @unchecked Sendable {
  private let input: InputPieces
  private let limit: @Sendable (_ packedCount: Int) -> Int
  private var start: [UInt8]? = []  // until it is known whether they are packed
  private var members: MemberUnpacker?
  private var (packedCount, madeCount) = (0, 0)

  /// The bytes of an input.
  ///
  /// - Parameters:
  ///   - input: Where they come from.
  ///   - limit: The most bytes that may be made of so many packed ones.
  public init(_ input: InputPieces, limit: @escaping @Sendable (_ packedCount: Int) -> Int) {
    self.input = input
    self.limit = limit
  }

  /// The next bytes, as many as are there; waits until there are some.
  ///
  /// - Returns: At least one byte; none at the end.
  /// - Throws: `FileError` with the system's reason, or ``UnpackingError``.
  public func next() throws -> [UInt8] {
    if let begun = start {
      let begun = try readStart(begun)
      start = nil
      guard let packing = Packing(of: begun) else { return begun }
      packedCount = begun.count
      members = try MemberUnpacker(packing)
      members?.append(begun)
    }
    guard members != nil else { return try input.next() }
    while true {
      switch try members?.next() {
      case .made(let piece):
        madeCount += piece.count
        let limit = limit(packedCount)
        guard madeCount <= limit else { throw UnpackingError.tooLarge(limit: limit) }
        return piece
      case .needsMore:
        let piece = try input.next()
        packedCount += piece.count
        if piece.isEmpty { members?.finish() } else { members?.append(piece) }
      case .ended, nil: return []
      }
    }
  }

  /// Whether ``next()`` would return at once, as far as that can be told.
  public var isReady: Bool { members?.hasMore == true || input.isReady }

  private func readStart(_ begun: [UInt8]) throws(FileError) -> [UInt8] {
    var begun = begun
    while Packing.isUndecided(begun) {
      let piece = try input.next()
      if piece.isEmpty { break }
      begun += piece
    }
    return begun
  }
}
