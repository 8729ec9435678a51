// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor

/// T5 as it writes: the keys and values of all that was written, and of the encoder's states.
final class T5Decoding: Decoding {
  private(set) var logits: Tensor

  private let model: T5
  private let memory: [Variable]
  private let memoryOffsets: [Int32]
  private var memories: [Int]
  private let prompts: PromptState
  private var promptIndices: [Int]
  private var cache: T5Cache
  private let pass = Pass.inference()

  init(
    _ model: T5, _ targets: TargetBatch, memory: Tensor, memoryOffsets: [Int32],
    _ prompts: PromptState
  ) {
    self.model = model
    self.memory = model.decoder.memory(of: Variable(memory), in: pass)
    self.memoryOffsets = memoryOffsets
    memories = targets.memories
    self.prompts = prompts
    promptIndices = targets.prompts
    let lengths = zip(targets.offsets, targets.offsets.dropFirst()).map { $1 - $0 }
    cache = T5Cache(
      layers: model.decoderLayerCount, width: 2 * model.attentionWidth, rows: targets.count,
      longest: lengths.max() ?? 1)
    logits = Tensor(zeros: [0, model.vocabularyCount])
    let slots = T5Slots(offsets: targets.offsets, keys: [])
    write(
      embedding(
        prompts.tokens(of: targets), tokens: Variable(model.words.value),
        virtualTokens: prompts.decoderInput?.vectors),
      at: slots,
      reading: slots.reading(
        targets.offsets.dropFirst().map { $0 - 1 },
        offsets: (0...Int32(targets.count)).map { $0 }))
  }

  func advance(_ tokens: [Int32], of rows: [Int]) {
    precondition(tokens.count == rows.count && !rows.isEmpty, "A token for each row.")
    cache.keep(rows)
    memories = rows.map { memories[$0] }
    promptIndices = rows.map { promptIndices[$0] }
    let slots = T5Slots(after: cache.lengths)
    write(
      embedding(tokens, tokens: Variable(model.words.value), virtualTokens: nil), at: slots,
      reading: slots)
  }

  private func write(_ vectors: Variable, at slots: T5Slots, reading read: T5Slots) {
    cache.extend(by: zip(slots.offsets, slots.offsets.dropFirst()).map { $1 - $0 })
    let hidden = model.decoder(
      vectors, slots, reading: read, memory: memory, T5.ranges(of: memories, memoryOffsets),
      prompts: model.prefixes(of: prompts, promptIndices, [], in: pass), cache: cache,
      T5Setting(pass: pass, dropout: 0, numbers: []))
    logits = model.logits(of: hidden, in: pass).value
  }
}

/// Where in a cache's tables the new slots' keys and values go, and which ones each row sees.
struct T5CacheRows {
  let targets: [Int32]
  let keys: KeyRanges
}

/// The keys and values of what each row has written, layer by layer.
///
/// A table is cut into blocks of ``capacity`` slots, one for each row. Rows that end leave their
/// block to rows that branch, so a row that only goes on is never copied.
struct T5Cache {
  /// For each layer [blocks × capacity, width].
  private(set) var tables: [Tensor]
  /// The slots of a block.
  private(set) var capacity: Int32
  /// The slots that each row has filled.
  private(set) var lengths: [Int32]
  private var blocks: [Int32]
  private var blockCount: Int
  private let width: Int

  init(layers: Int, width: Int, rows: Int, longest: Int32) {
    self.width = width
    capacity = longest + 31
    blockCount = rows
    lengths = [Int32](repeating: 0, count: rows)
    blocks = (0..<Int32(rows)).map { $0 }
    tables = []
    tables = (0..<layers).map { _ in emptyTable() }
  }

  private func emptyTable() -> Tensor {
    Tensor(uninitialized: [blockCount * Int(capacity), width])
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
  func rows(_ slots: T5Slots) -> T5CacheRows {
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
    let first = Int(block * capacity)
    for table in tables {
      Kernels.copyRows(
        first..<first + Int(length), of: table.buffer, to: table.buffer,
        at: Int(target * capacity), columns: width)
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
      let first = Int(block * old)
      for (source, target) in zip(oldTables, tables) {
        Kernels.copyRows(
          first..<first + length, of: source.buffer, to: target.buffer,
          at: Int(block * capacity), columns: width)
      }
    }
  }
}
