// SPDX-License-Identifier: Apache-2.0

/// Pieces in a trie over their bytes, with the id and the score of each.
///
/// An edge is one word of an open hash table, keyed by its node and its byte. That is built in one
/// pass without sorting, which a double array is not, and walks about as fast.
///
/// - Complexity: O(bytes) to insert or to find a piece.
struct PieceTrie {
  static let root = 0
  /// Node numbers take 24 bits of an edge's key.
  static let mostNodes = 1 << 24

  /// Key (node and byte) above, child below; 0 for an empty slot, as the root is no one's child.
  private var edges: [UInt64]
  private var shift: UInt32
  /// The id of the piece that ends at each node, or -1.
  private(set) var ids: [Int32] = [-1]
  /// The score of the piece that ends at each node; not a number where a search finds none.
  private(set) var scores: [Double] = [.nan]

  init(minimumCapacity: Int) {
    var bits: UInt32 = 8
    while 1 << bits < minimumCapacity * 4, bits < 24 { bits += 1 }
    edges = Array(repeating: 0, count: 1 << bits)
    shift = 32 - bits
    ids.reserveCapacity(minimumCapacity * 3)
    scores.reserveCapacity(minimumCapacity * 3)
  }

  @inline(__always)
  private func slot(of key: UInt32) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B1) >> shift)
  }

  @inline(__always)
  private static func key(_ node: Int, _ byte: UInt8) -> UInt32 {
    UInt32(truncatingIfNeeded: node) << 8 | UInt32(byte)
  }

  /// The node that a byte leads to, or the root if none.
  @inline(__always)
  func child(of node: Int, _ byte: UInt8) -> Int {
    let key = Self.key(node, byte)
    var slot = slot(of: key)
    while true {
      let edge = edges[slot]
      if edge == 0 { return Self.root }
      if UInt32(truncatingIfNeeded: edge >> 32) == key { return Int(edge & 0xFFFF_FFFF) }
      slot = (slot + 1) & (edges.count - 1)
    }
  }

  /// Adds a piece, or gives it another id and score; `nil` if there is no room for it.
  ///
  /// - Returns: The id that the piece had before, or -1.
  mutating func insert(_ piece: some Sequence<UInt8>, id: Int32, score: Double) -> Int32? {
    var node = Self.root
    for byte in piece {
      let next = child(of: node, byte)
      guard next == Self.root else {
        node = next
        continue
      }
      guard ids.count < Self.mostNodes else { return nil }
      if ids.count * 2 > edges.count { grow() }
      place(UInt64(Self.key(node, byte)) << 32 | UInt64(ids.count))
      node = ids.count
      ids.append(-1)
      scores.append(.nan)
    }
    let before = ids[node]
    ids[node] = id
    scores[node] = score
    return before
  }

  private mutating func place(_ edge: UInt64) {
    var slot = slot(of: UInt32(truncatingIfNeeded: edge >> 32))
    while edges[slot] != 0 { slot = (slot + 1) & (edges.count - 1) }
    edges[slot] = edge
  }

  private mutating func grow() {
    let old = edges
    edges = Array(repeating: 0, count: old.count * 2)
    shift -= 1
    for edge in old where edge != 0 { place(edge) }
  }

  /// The id of a piece.
  func id(of piece: some Sequence<UInt8>) -> Int32? {
    var node = Self.root
    for byte in piece {
      node = child(of: node, byte)
      if node == Self.root { return nil }
    }
    return ids[node] >= 0 ? ids[node] : nil
  }
}
