// SPDX-License-Identifier: Apache-2.0

/// One text, or pair of texts, as a list of slots.
///
/// A slot is a token id, or −1 − j for virtual token j of the row's own input prompt. Virtual
/// tokens may stand anywhere; which slots are text is known by construction.
public struct Row: Sendable, Equatable {
  /// Token ids, or −1 − j for virtual token j.
  public var ids: [Int32]
  /// The segment of each slot.
  public var segments: [Int32]
  /// Which of the batch's prompts the row uses.
  public var prompt: Int

  /// A row of slots.
  public init(ids: [Int32], segments: [Int32], prompt: Int = 0) {
    self.ids = ids
    self.segments = segments
    self.prompt = prompt
  }

  /// A text with the virtual tokens of its input prompt before it, or before the token at an index,
  /// in segment 0.
  public init(
    text ids: [Int32], segments: [Int32], virtualTokens: Int, at index: Int = 0, prompt: Int = 0
  ) {
    self.init(ids: ids, segments: segments, prompt: prompt)
    self.ids.insert(contentsOf: (0..<virtualTokens).map { -1 - Int32($0) }, at: index)
    self.segments.insert(contentsOf: [Int32](repeating: 0, count: virtualTokens), at: index)
  }
}

/// Rows of different lengths, one after another, with no padding and no mask.
public struct Batch: Sendable {
  /// The ids of all slots, row after row.
  public let ids: [Int32]
  /// The segments of all slots.
  public let segments: [Int32]
  /// Row r owns slots offsets[r] ..< offsets[r + 1].
  public let offsets: [Int32]
  /// Which prompt each row uses.
  public let prompts: [Int]
  /// Each row's number in the step that this batch is a part of: what its dropout depends on.
  public let numbers: [UInt32]
  /// The first slot of each row that is text: the true [CLS].
  public let textBegin: [Int32]
  /// One past the last slot of each row that is text; a prompt may stand between the two.
  public let textEnd: [Int32]

  /// A batch of rows, none of them empty, numbered in order unless they have numbers of their own.
  public init(_ rows: [Row], numbers: [Int]? = nil) {
    var ids: [Int32] = []
    var segments: [Int32] = []
    var offsets: [Int32] = [0]
    var textBegin: [Int32] = []
    var textEnd: [Int32] = []
    for row in rows {
      let start = Int32(ids.count)
      guard let first = row.ids.firstIndex(where: { $0 >= 0 }),
        let last = row.ids.lastIndex(where: { $0 >= 0 })
      else { preconditionFailure("A row needs at least one token.") }
      precondition(row.ids.count == row.segments.count, "Every slot has a segment.")
      ids += row.ids
      segments += row.segments
      offsets.append(Int32(ids.count))
      textBegin.append(start + Int32(first))
      textEnd.append(start + Int32(last) + 1)
    }
    self.ids = ids
    self.segments = segments
    self.offsets = offsets
    self.textBegin = textBegin
    self.textEnd = textEnd
    prompts = rows.map(\.prompt)
    self.numbers = rowNumbers(numbers ?? Array(rows.indices), of: rows.count)
  }

  /// The number of rows.
  public var count: Int { prompts.count }

  /// The number of slots of all rows.
  public var slotCount: Int { ids.count }

  /// How some slots stand among the rows: row r owns slots offsets[r] ..< offsets[r + 1] of them.
  ///
  /// - Parameter slots: Slots of this batch in ascending order; one may be there several times.
  /// - Returns: The offsets, one more than there are rows.
  public func offsets(of slots: [Int32]) -> [Int32] {
    precondition(
      zip(slots, slots.dropFirst()).allSatisfy { $0 <= $1 } && slots.allSatisfy { $0 >= 0 },
      "Slots stand in ascending order.")
    var place = 0
    let own: [Int32] = offsets.dropFirst().map { end in
      while place < slots.count, slots[place] < end { place += 1 }
      return Int32(place)
    }
    precondition(place == slots.count, "A slot lies outside the batch.")
    return [0] + own
  }

  /// A dropout key for each slot: its row's number and its place in the row.
  public var slotKeys: [UInt32] { placeKeys(of: numbers, offsets: offsets) }
}

// One number for each row, as dropout and its keys take them.
func rowNumbers(_ numbers: [Int], of rows: Int) -> [UInt32] {
  precondition(numbers.count == rows, "\(numbers.count) numbers for \(rows) rows.")
  return numbers.map { UInt32(truncatingIfNeeded: $0) }
}

// A key for each place of each row, row r having offsets[r] ..< offsets[r + 1].
func placeKeys(of numbers: [UInt32], offsets: [Int32]) -> [UInt32] {
  var keys: [UInt32] = []
  for (row, number) in numbers.enumerated() {
    let rowKey = number &* 65_537
    for place in 0..<(offsets[row + 1] - offsets[row]) { keys.append(rowKey &+ UInt32(place)) }
  }
  return keys
}
