// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// Where in a cache's tables the new slots' keys and values go, and which ones each row sees.
struct T5CacheRows {
  let targets: [Int32]
  let keys: KeyRanges
}

/// The keys and values of what each row has written, layer by layer.
///
/// A head's slots are cut into blocks of ``capacity``, one for each row. Rows that end leave their
/// block to rows that branch, so a row that only goes on is never copied.
struct T5Cache {
  /// For each layer the keys, then the values [2 × heads, blocks × capacity, size].
  private(set) var tables: [Tensor]
  /// The slots of a block.
  private(set) var capacity: Int32
  /// The slots that each row has filled.
  private(set) var lengths: [Int32]
  private var blocks: [Int32]
  private var blockCount: Int
  private let heads: Int
  private let size: Int

  init(layers: Int, heads: Int, size: Int, rows: Int, longest: Int32) {
    self.heads = heads
    self.size = size
    capacity = longest + 31
    blockCount = rows
    lengths = [Int32](repeating: 0, count: rows)
    blocks = (0..<Int32(rows)).map { $0 }
    tables = []
    tables = (0..<layers).map { _ in emptyTable() }
  }

  private func emptyTable() -> Tensor {
    Tensor(uninitialized: [heads, blockCount * Int(capacity), size])
  }

  /// Goes on with these rows, in this order; a row may be named several times, or not at all.
  mutating func keep(_ rows: [Int]) {
    if rows.count > blockCount { resize(blocks: rows.count, capacity: capacity) }
    var isKept = [Bool](repeating: false, count: blockCount)
    for row in rows { isKept[Int(blocks[row])] = true }
    var free = (0..<Int32(blockCount)).filter { !isKept[Int($0)] }
    var isTaken = [Bool](repeating: false, count: blockCount)
    let kept = rows.map { row in
      let block = blocks[row]
      if !isTaken[Int(block)] {
        isTaken[Int(block)] = true
        return block
      }
      let copy = free.removeLast()
      copyBlock(block, length: lengths[row], to: copy)
      return copy
    }
    lengths = rows.map { lengths[$0] }
    blocks = kept
  }

  /// Makes room for more slots in each row.
  mutating func extend(by counts: [Int32]) {
    lengths = zip(lengths, counts).map { $0 + $1 }
    let longest = lengths.max() ?? 0
    if longest > capacity {
      resize(blocks: blockCount, capacity: max(longest, capacity * 2), filled: counts)
    }
  }

  /// The place of slots, the last ones of their rows.
  func rows(_ slots: LayerSlots) -> T5CacheRows {
    var targets: [Int32] = []
    for row in lengths.indices {
      for slot in Int(slots.offsets[row])..<Int(slots.offsets[row + 1]) {
        targets.append(blocks[row] * capacity + slots.places[slot])
      }
    }
    let begin = blocks.map { $0 * capacity }
    return T5CacheRows(
      targets: targets,
      keys: KeyRanges(
        begin: begin, end: zip(begin, lengths).map { $0 + $1 },
        count: blockCount * Int(capacity)))
  }

  private func copyBlock(_ block: Int32, length: Int32, to target: Int32) {
    for table in tables {
      copy(
        Int(length), from: Int(block * capacity), of: table, to: Int(target * capacity), of: table)
    }
  }

  // Moves all rows to larger tables; of each row the last `filled` slots are not written yet.
  private mutating func resize(blocks count: Int, capacity wider: Int32, filled: [Int32] = []) {
    let (old, oldTables) = (capacity, tables)
    blockCount = max(count, blockCount)
    capacity = wider
    tables = tables.map { _ in emptyTable() }
    for (row, block) in blocks.enumerated() {
      let length = Int(lengths[row] - (filled.isEmpty ? 0 : filled[row]))
      for (source, target) in zip(oldTables, tables) {
        copy(length, from: Int(block * old), of: source, to: Int(block * capacity), of: target)
      }
    }
  }

  // Copies `count` slots of every head.
  private func copy(
    _ count: Int, from first: Int, of source: Tensor, to place: Int, of target: Tensor
  ) {
    for head in 0..<heads {
      let start = head * source.shape[1] + first
      Kernels.copyRows(
        start..<start + count, of: source.buffer, to: target.buffer,
        at: head * target.shape[1] + place, columns: size)
    }
  }
}
