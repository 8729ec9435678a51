// SPDX-License-Identifier: Apache-2.0

/// Which rows of a matrix of keys and values each batch row sees.
public struct KeyRanges: Sendable {
  /// The first key of each batch row.
  public let begin: [Int32]
  /// One past the last key of each batch row.
  public let end: [Int32]
  /// The number of rows of the matrix.
  public let count: Int
  /// Whether batch rows may see the same keys.
  public let areShared: Bool

  /// The keys of batch rows that stand one after another: row r has offsets[r] ..< offsets[r + 1].
  public init(offsets: [Int32]) {
    precondition(
      offsets.first == 0 && zip(offsets, offsets.dropFirst()).allSatisfy { $0 < $1 },
      "Every row needs at least one key.")
    begin = Array(offsets.dropLast())
    end = Array(offsets.dropFirst())
    count = Int(offsets.last ?? 0)
    areShared = false
  }

  /// Which of its row's keys each key is, where no rows share any.
  public var places: [Int32] {
    precondition(!areShared, "Keys that rows share have no places.")
    return zip(begin, end).flatMap { begin, end in (0..<end - begin).map { $0 } }
  }

  /// Any ranges of a matrix of `count` rows, none of them empty; several rows may have the same.
  public init(begin: [Int32], end: [Int32], count: Int) {
    precondition(
      begin.count == end.count
        && zip(begin, end).allSatisfy { 0 <= $0 && $0 < $1 && Int($1) <= count },
      "Every row needs at least one key, all within the matrix.")
    self.begin = begin
    self.end = end
    self.count = count
    areShared = true
  }
}
