// SPDX-License-Identifier: Apache-2.0

/// What is read of one target text while it is written: the start token and all tokens but the
/// last.
///
/// A slot is a token id, or −1 − j for virtual token j of the row's own decoder prompt.
public struct TargetRow: Sendable, Equatable {
  /// Token ids, or −1 − j for virtual token j.
  public var ids: [Int32]
  /// The row of the batch that this row follows; several rows may follow one.
  public var source: Int
  /// Which of the batch's prompts the row uses.
  public var prompt: Int

  /// A row of slots.
  public init(ids: [Int32], source: Int, prompt: Int = 0) {
    self.ids = ids
    self.source = source
    self.prompt = prompt
  }

  /// The row that teaches, or scores, a target: its logits, slot by slot, are for `target`.
  ///
  /// - Parameters:
  ///   - target: The tokens of the target, the end token included, at least one.
  ///   - start: The token that decoding begins with.
  ///   - virtualTokens: The length of the decoder prompt.
  ///   - source: The row of the batch that it follows.
  ///   - prompt: The prompt's index.
  public init(
    target: [Int32], start: Int32, virtualTokens: Int = 0, source: Int, prompt: Int = 0
  ) {
    let prefix = (0..<virtualTokens).map { -1 - Int32($0) }
    self.init(ids: prefix + [start] + target.dropLast(), source: source, prompt: prompt)
  }
}

/// Target rows of different lengths, one after another, with no padding and no mask.
public struct TargetBatch: Sendable {
  /// The ids of all slots, row after row.
  public let ids: [Int32]
  /// Row r owns slots offsets[r] ..< offsets[r + 1].
  public let offsets: [Int32]
  /// The row of the batch that each row follows.
  public let sources: [Int]
  /// Which prompt each row uses.
  public let prompts: [Int]
  /// Each row's number in the step that this batch is a part of: what its dropout depends on.
  public let numbers: [UInt32]
  /// The slots that are tokens, in order: those that logits are computed for.
  public let textSlots: [Int32]
  /// Row r owns logits textOffsets[r] ..< textOffsets[r + 1].
  public let textOffsets: [Int32]

  /// A batch of rows, none of them empty, numbered in order unless they have numbers of their own.
  public init(_ rows: [TargetRow], numbers: [Int]? = nil) {
    var ids: [Int32] = []
    var offsets: [Int32] = [0]
    var textSlots: [Int32] = []
    var textOffsets: [Int32] = [0]
    for row in rows {
      let start = Int32(ids.count)
      let text = row.ids.indices.filter { row.ids[$0] >= 0 }
      precondition(!text.isEmpty, "A row needs at least one token.")
      textSlots += text.map { start + Int32($0) }
      textOffsets.append(Int32(textSlots.count))
      ids += row.ids
      offsets.append(Int32(ids.count))
    }
    self.ids = ids
    self.offsets = offsets
    self.textSlots = textSlots
    self.textOffsets = textOffsets
    sources = rows.map(\.source)
    prompts = rows.map(\.prompt)
    self.numbers = rowNumbers(numbers ?? Array(rows.indices), of: rows.count)
  }

  /// The number of rows.
  public var count: Int { prompts.count }

  /// The number of slots of all rows.
  public var slotCount: Int { ids.count }

  /// A dropout key for each slot: its row's number and its place in the row.
  public var slotKeys: [UInt32] { placeKeys(of: numbers, offsets: offsets) }
}
