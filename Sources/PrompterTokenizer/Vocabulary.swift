// SPDX-License-Identifier: Apache-2.0

/// Pieces and their ids, found by the bytes of the piece.
///
/// Strings are not used as keys because Swift takes canonically equivalent strings for equal,
/// while two pieces that differ in one scalar are two pieces. An open hash table over one array of
/// bytes also lets a word be searched without making a string of each of its parts.
///
/// - Complexity: O(length of the piece) for a lookup.
struct Vocabulary {
  private var bytes: [UInt8] = []
  /// The bytes of entry `n` are `bounds[n]..<bounds[n + 1]`.
  private var bounds: [Int32] = [0]
  private var hashes: [UInt64] = []
  private(set) var ids: [Int32] = []
  /// Positions in `ids`, or -1; the count is a power of two, at least twice that of the entries.
  private var slots: [Int32]
  /// The entry of each id, or -1; of ids that no published vocabulary has in a dictionary.
  private var entries: [Int32] = []
  private var farEntries: [Int32: Int32] = [:]
  /// The bytes of the longest piece.
  private(set) var longest = 0

  private static let nearIDs: Int32 = 1 << 20

  var count: Int { ids.count }

  init(minimumCapacity: Int) {
    var size = 16
    while size < minimumCapacity * 2 { size *= 2 }
    slots = Array(repeating: -1, count: size)
    ids.reserveCapacity(minimumCapacity)
    hashes.reserveCapacity(minimumCapacity)
    bounds.reserveCapacity(minimumCapacity + 1)
    bytes.reserveCapacity(minimumCapacity * 8)
    entries.reserveCapacity(minimumCapacity)
  }

  /// The hash of no bytes (FNV-1a).
  static let seed: UInt64 = 0xcbf2_9ce4_8422_2325

  @inline(__always)
  static func hash(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
    (hash ^ UInt64(byte)) &* 0x100_0000_01b3
  }

  /// The hash of a range of bytes.
  @inline(__always)
  static func hash(
    of bytes: [UInt8], _ range: Range<Int>, after start: UInt64 = seed
  ) -> UInt64 {
    var hash = start
    for index in range { hash = self.hash(hash, bytes[index]) }
    return hash
  }

  @inline(__always)
  private func slot(of hash: UInt64) -> Int {
    Int(truncatingIfNeeded: hash ^ (hash >> 32)) & (slots.count - 1)
  }

  /// Sets the id of a piece; the last one holds if the piece is given again.
  mutating func insert(_ piece: some Collection<UInt8>, id: Int32) {
    let key = Array(piece)
    insert(key, 0..<key.count, id: id)
  }

  /// Sets the id of the piece that a range of bytes spells.
  mutating func insert(_ source: [UInt8], _ range: Range<Int>, id: Int32) {
    if (count + 1) * 2 > slots.count { grow() }
    let hash = Self.hash(of: source, range)
    if let found = find(hash, prefix: [], source, range) {
      ids[found] = id
      setEntry(found, of: id)
      return
    }
    place(Int32(truncatingIfNeeded: count), hash)
    setEntry(count, of: id)
    ids.append(id)
    hashes.append(hash)
    bytes.append(contentsOf: source[range])
    bounds.append(Int32(truncatingIfNeeded: bytes.count))
    longest = max(longest, range.count)
  }

  private mutating func setEntry(_ entry: Int, of id: Int32) {
    let entry = Int32(truncatingIfNeeded: entry)
    guard 0..<Self.nearIDs ~= id else {
      farEntries[id] = entry
      return
    }
    while entries.count <= Int(id) { entries.append(-1) }
    entries[Int(id)] = entry
  }

  /// The entry that an id was given to last.
  private func entry(of id: Int32) -> Int? {
    guard 0..<Self.nearIDs ~= id else { return farEntries[id].map(Int.init) }
    guard Int(id) < entries.count, entries[Int(id)] >= 0 else { return nil }
    return Int(entries[Int(id)])
  }

  private mutating func place(_ entry: Int32, _ hash: UInt64) {
    var slot = slot(of: hash)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = entry
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: slots.count * 2)
    for entry in 0..<count { place(Int32(truncatingIfNeeded: entry), hashes[entry]) }
  }

  /// The entry of the piece made of `prefix` and a range of `word`, whose hash is known.
  private func find(
    _ hash: UInt64, prefix: [UInt8], _ word: [UInt8], _ range: Range<Int>
  ) -> Int? {
    var slot = slot(of: hash)
    while slots[slot] >= 0 {
      let entry = Int(slots[slot])
      if hashes[entry] == hash, matches(entry, prefix, word, range) { return entry }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private func matches(
    _ entry: Int, _ prefix: [UInt8], _ word: [UInt8], _ range: Range<Int>
  ) -> Bool {
    var position = Int(bounds[entry])
    guard Int(bounds[entry + 1]) - position == prefix.count + range.count else { return false }
    for byte in prefix {
      guard bytes[position] == byte else { return false }
      position += 1
    }
    for index in range {
      guard bytes[position] == word[index] else { return false }
      position += 1
    }
    return true
  }

  /// The id of the piece made of `prefix` and a range of `word`, whose hash is known.
  @inline(__always)
  func id(hash: UInt64, prefix: [UInt8], word: [UInt8], _ range: Range<Int>) -> Int32? {
    find(hash, prefix: prefix, word, range).map { ids[$0] }
  }

  /// The id of a piece.
  func id(of piece: some Collection<UInt8>) -> Int32? {
    let key = Array(piece)
    return id(hash: key.reduce(Self.seed, Self.hash), prefix: [], word: key, 0..<key.count)
  }

  /// The piece of an id; the last one given if several have the same.
  func piece(of id: Int32) -> String? {
    bytes(of: id).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The bytes of the piece of an id.
  func bytes(of id: Int32) -> ArraySlice<UInt8>? {
    guard let entry = entry(of: id), ids[entry] == id else { return nil }
    return bytes[Int(bounds[entry])..<Int(bounds[entry + 1])]
  }
}
