// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterNN

/// The rows that are computed for some rows, what is read of them, and where it is found.
///
/// Rows without a prompt that have one text are computed as one.
struct BatchReading {
  /// The rows that are computed.
  let batchRows: [Row]
  /// The batch of these.
  let batch: Batch
  /// What is computed of them.
  let reading: Reading

  private let places: [Int]  // of each row among those that are computed
  private let reads: [[Int32]]  // the slots that are read of each row, in the batch
  private let isPooled: [Bool]  // whether that is one, pooled as follows
  private let poolings: [Pooling]
  private let starts: [Int32: Int32]  // of the slots that are computed, among the states
  private let readsAll: Bool

  /// What rows, each with its prompt's pooling, read.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - numbers: The rows' numbers, which dropout depends on, if there is any.
  ///   - poolings: What of each is read if it is pooled.
  ///   - isBare: Whether a row has no prompt, so that it may be computed as one with another.
  init(
    _ rows: [ReadRow], numbers: [Int]? = nil, poolings: [Pooling],
    isBare: (_ row: Int) -> Bool = { _ in false }
  ) {
    var (computed, places) = ([Row](), [Int]())
    var bare: Int?
    for (index, row) in rows.enumerated() {
      if isBare(index) {
        if let bare, computed[bare].hasText(of: row.row) {
          places.append(bare)
          continue
        }
        bare = computed.count
      }
      places.append(computed.count)
      computed.append(row.row)
    }
    let batch = Batch(computed, numbers: numbers)
    (self.batch, batchRows, self.places, self.poolings) = (batch, computed, places, poolings)
    isPooled = rows.map { $0.slots == nil }
    readsAll = rows.indices.contains { rows[$0].slots == nil && poolings[$0] == .mean }
    reads = rows.indices.map { row in
      rows[row].slots?.map { batch.offsets[places[row]] + $0 }
        ?? [poolings[row].slot(of: places[row], in: batch)]
    }
    let distinct = Set(reads.joined()).sorted()
    starts = Dictionary(uniqueKeysWithValues: zip(distinct, 0..<Int32(distinct.count)))
    reading = readsAll ? .all : .slots(distinct)
  }

  /// The states of some rows [states read, width], all of one prompt.
  func states(
    of rows: [Int], in hidden: Variable, _ backbone: any Backbone, _ pass: Pass
  ) -> Variable {
    let isPooled = rows.allSatisfy { self.isPooled[$0] }
    let pooling = rows.first.map { poolings[$0] } ?? .cls
    if isPooled, pooling == .mean {
      return meanRows(
        of: hidden, begin: rows.map { batch.textBegin[places[$0]] },
        end: rows.map { batch.textEnd[places[$0]] })
    }
    let read = rows.flatMap { reads[$0] }
    let states = PrompterAutodiff.rows(
      readsAll ? read : read.map { starts[$0] ?? 0 }, of: hidden)
    // A pooler is for one state a row, the masked-language-model head for each that is read.
    return isPooled || pooling == .maskedWord
      ? backbone.mapped(states, by: pooling, in: pass) : states
  }
}
