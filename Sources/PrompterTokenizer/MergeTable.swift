// SPDX-License-Identifier: Apache-2.0

/// What becomes of two pieces that stand side by side, by their ids.
///
/// An open hash table of two words for each merge: the pair, and what it makes. Of equal pairs the
/// last holds.
struct MergeTable {
  /// The rank of a merge, least first, above the id of the piece it makes.
  typealias Merge = UInt64
  /// Of a pair that is never joined; larger than any merge.
  static let none = Merge.max

  /// Pair, merge, pair, merge ...; the pair of an empty slot is `none`.
  private var slots: [UInt64]
  private var shift: UInt64
  private(set) var count = 0

  init(minimumCapacity: Int) {
    var bits: UInt64 = 4
    while 1 << bits < minimumCapacity * 2 { bits += 1 }
    slots = Array(repeating: Self.none, count: 2 << bits)
    shift = 64 - bits
  }

  @inline(__always)
  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  @inline(__always)
  private func slot(of key: UInt64) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> shift) &* 2
  }

  /// The merge of two pieces, or ``none``.
  @inline(__always)
  func merge(_ left: Int32, _ right: Int32) -> Merge {
    let key = Self.key(left, right)
    var slot = slot(of: key)
    while true {
      let found = slots[slot]
      if found == key { return slots[slot + 1] }
      if found == Self.none { return Self.none }
      slot = (slot + 2) & (slots.count - 1)
    }
  }

  /// The id of the piece that a merge makes.
  @inline(__always)
  static func piece(of merge: Merge) -> Int32 {
    Int32(truncatingIfNeeded: merge)
  }

  /// Sets what becomes of two pieces; the table must have room for it.
  mutating func insert(_ left: Int32, _ right: Int32, rank: Int, piece: Int32) {
    precondition(count * 4 < slots.count, "the table of merges is full")
    let key = Self.key(left, right)
    var slot = slot(of: key)
    while slots[slot] != Self.none, slots[slot] != key { slot = (slot + 2) & (slots.count - 1) }
    if slots[slot] == Self.none { count += 1 }
    slots[slot] = key
    slots[slot + 1] = UInt64(rank) << 32 | UInt64(UInt32(bitPattern: piece))
  }
}

extension MergeTable {
  /// The merges of a list, of pieces of a vocabulary.
  ///
  /// - Parameters:
  ///   - list: The merges, the first to be done first.
  ///   - vocabulary: The pieces, both those that are joined and those that come of it.
  ///   - file: The file that has them, for errors.
  /// - Throws: A ``TokenizerError`` that names a merge whose pieces are not in the vocabulary.
  init(_ list: MergeList, _ vocabulary: Vocabulary, file: String) throws {
    self.init(minimumCapacity: list.count)
    for rank in 0..<list.count {
      let (first, second) = list[rank]
      func id(_ range: Range<Int>, _ hash: UInt64) throws -> Int32 {
        guard let id = vocabulary.id(hash: hash, prefix: [], word: list.bytes, range) else {
          let piece = String(decoding: list.bytes[range].prefix(160), as: UTF8.self)
          throw TokenizerError.malformed(
            file: file, place: "merge \(rank + 1)", found: "\"\(piece)\"",
            expected: "a piece of the vocabulary")
        }
        return id
      }
      let hash = Vocabulary.hash(of: list.bytes, first)
      insert(
        try id(first, hash), try id(second, Vocabulary.hash(of: list.bytes, second)), rank: rank,
        piece: try id(
          first.lowerBound..<second.upperBound,
          Vocabulary.hash(of: list.bytes, second, after: hash)))
    }
  }
}
