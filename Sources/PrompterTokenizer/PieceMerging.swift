// SPDX-License-Identifier: Apache-2.0

/// A word on its way from characters to pieces: the merge of least rank is done first, of equal
/// ones the leftmost, until none is left.
struct PieceMerging {
  /// The pieces so far, and the bytes of the word that each covers.
  private(set) var ids: [Int32] = []
  private(set) var lengths: [Int32] = []

  /// What becomes of each piece and the next one.
  private var merges: [MergeTable.Merge] = []
  /// The places of the pieces before and after each; -1 if there is none.
  private var before: [Int32] = []
  private var after: [Int32] = []
  /// Merges to be done, the least first: rank above place.
  private var heap: [UInt64] = []

  /// The most pieces of which the least merge is looked for one by one.
  private static let fewPieces = 32

  mutating func removeAll() {
    ids.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
  }

  @inline(__always)
  mutating func append(_ id: Int32, length: Int) {
    ids.append(id)
    lengths.append(Int32(truncatingIfNeeded: length))
  }

  /// Joins pieces until none can be joined.
  ///
  /// - Complexity: O(n log n) in the number of pieces.
  mutating func join(_ table: MergeTable) {
    if ids.count <= Self.fewPieces { joinFew(table) } else { joinMany(table) }
  }

  // MARK: Few

  private mutating func joinFew(_ table: MergeTable) {
    guard ids.count > 1 else { return }
    merges.removeAll(keepingCapacity: true)
    for index in 1..<ids.count { merges.append(table.merge(ids[index - 1], ids[index])) }
    while true {
      var least = MergeTable.none
      var place = 0
      for index in merges.indices where merges[index] < least {
        least = merges[index]
        place = index
      }
      guard least != MergeTable.none else { return }
      ids[place] = MergeTable.piece(of: least)
      lengths[place] += lengths[place + 1]
      ids.remove(at: place + 1)
      lengths.remove(at: place + 1)
      merges.remove(at: place)
      if place > 0 { merges[place - 1] = table.merge(ids[place - 1], ids[place]) }
      if place < merges.count { merges[place] = table.merge(ids[place], ids[place + 1]) }
    }
  }

  // MARK: Many

  private mutating func joinMany(_ table: MergeTable) {
    link()
    heap.removeAll(keepingCapacity: true)
    for place in 1..<ids.count { push(table.merge(ids[place - 1], ids[place]), at: place - 1) }
    while let (rank, place) = pop() {
      let next = after[place]
      guard lengths[place] > 0, next >= 0 else { continue }
      let merge = table.merge(ids[place], ids[Int(next)])
      // One of the two may have been joined to another meanwhile.
      guard merge != MergeTable.none, merge >> 32 == rank else { continue }
      ids[place] = MergeTable.piece(of: merge)
      lengths[place] += lengths[Int(next)]
      lengths[Int(next)] = 0
      after[place] = after[Int(next)]
      if after[place] >= 0 {
        before[Int(after[place])] = Int32(truncatingIfNeeded: place)
        push(table.merge(ids[place], ids[Int(after[place])]), at: place)
      }
      if before[place] >= 0 {
        push(table.merge(ids[Int(before[place])], ids[place]), at: Int(before[place]))
      }
    }
    compact()
  }

  private mutating func link() {
    before.removeAll(keepingCapacity: true)
    after.removeAll(keepingCapacity: true)
    for place in 0..<Int32(truncatingIfNeeded: ids.count) {
      before.append(place - 1)
      after.append(place + 1)
    }
    after[after.count - 1] = -1
  }

  private mutating func compact() {
    var count = 0
    for place in ids.indices where lengths[place] > 0 {
      ids[count] = ids[place]
      lengths[count] = lengths[place]
      count += 1
    }
    ids.removeLast(ids.count - count)
    lengths.removeLast(lengths.count - count)
  }

  private mutating func push(_ merge: MergeTable.Merge, at place: Int) {
    guard merge != MergeTable.none else { return }
    let value = merge & 0xFFFF_FFFF_0000_0000 | UInt64(place)
    var hole = heap.count
    heap.append(value)
    while hole > 0 {
      let parent = (hole - 1) / 2
      guard heap[parent] > value else { break }
      heap[hole] = heap[parent]
      hole = parent
    }
    heap[hole] = value
  }

  private mutating func pop() -> (rank: UInt64, place: Int)? {
    guard let least = heap.first, let last = heap.popLast() else { return nil }
    if !heap.isEmpty {
      var hole = 0
      while hole * 2 + 1 < heap.count {
        var child = hole * 2 + 1
        if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
        guard heap[child] < last else { break }
        heap[hole] = heap[child]
        hole = child
      }
      heap[hole] = last
    }
    return (least >> 32, Int(least & 0xFFFF_FFFF))
  }
}
