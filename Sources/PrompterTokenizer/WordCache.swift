// SPDX-License-Identifier: Apache-2.0

/// The pieces of words that were split before, as most words of a text are.
///
/// Words are appended until there are many, then all are forgotten: what is frequent comes back
/// soon.
struct WordCache {
  /// A piece of a word, and the scalars of the word that it covers.
  struct Piece {
    var id: Int32
    var start: Int32
    var end: Int32
  }

  /// The bytes of the longest word that is kept.
  static let longestWord = 48
  static let mostWords = 1 << 15

  private struct Entry {
    var hash: UInt64
    var bytesEnd: Int32
    var piecesEnd: Int32
  }

  private var slots = [Int32](repeating: -1, count: 1 << 9)
  private var entries: [Entry] = []
  private var bytes: [UInt8] = []
  private(set) var pieces: [Piece] = []

  @inline(__always)
  private func slot(of hash: UInt64) -> Int {
    Int(truncatingIfNeeded: hash ^ (hash >> 32)) & (slots.count - 1)
  }

  /// The pieces of a word, as a range of `pieces`; `nil` if it is not known.
  @inline(__always)
  func find(_ word: [UInt8], hash: UInt64) -> Range<Int>? {
    var slot = slot(of: hash)
    while slots[slot] >= 0 {
      let index = Int(slots[slot])
      let entry = entries[index]
      if entry.hash == hash, matches(index, word) {
        return (index == 0 ? 0 : Int(entries[index - 1].piecesEnd))..<Int(entry.piecesEnd)
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  @inline(__always)
  private func matches(_ index: Int, _ word: [UInt8]) -> Bool {
    var place = index == 0 ? 0 : Int(entries[index - 1].bytesEnd)
    guard Int(entries[index].bytesEnd) - place == word.count else { return false }
    for byte in word {
      guard bytes[place] == byte else { return false }
      place += 1
    }
    return true
  }

  /// Keeps the pieces of a word that is not known.
  mutating func insert(_ word: [UInt8], hash: UInt64, _ pieces: [Piece]) {
    guard word.count <= Self.longestWord else { return }
    if entries.count == Self.mostWords { removeAll() }
    if (entries.count + 1) * 2 > slots.count { grow() }
    place(Int32(truncatingIfNeeded: entries.count), hash)
    bytes.append(contentsOf: word)
    self.pieces.append(contentsOf: pieces)
    entries.append(
      Entry(
        hash: hash, bytesEnd: Int32(truncatingIfNeeded: bytes.count),
        piecesEnd: Int32(truncatingIfNeeded: self.pieces.count)))
  }

  private mutating func place(_ entry: Int32, _ hash: UInt64) {
    var slot = slot(of: hash)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = entry
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: slots.count * 2)
    for (index, entry) in entries.enumerated() {
      place(Int32(truncatingIfNeeded: index), entry.hash)
    }
  }

  private mutating func removeAll() {
    for slot in slots.indices { slots[slot] = -1 }
    entries.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
    pieces.removeAll(keepingCapacity: true)
  }
}
