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
  // That are read of each row, in the batch; nil for one pooled state.
  private let slots: [[Int32]?]
  private let poolings: [Pooling]
  private let starts: [Int32: Int32]  // of the slots that are computed, among the states
  private let readsAll: Bool

  /// What rows, each with its prompt's pooling, read.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - poolings: What of each is read if it is pooled.
  ///   - isBare: Whether a row has no prompt.
  init(_ rows: [ReadRow], poolings: [Pooling], isBare: (_ row: Int) -> Bool) {
    var (computed, places) = ([Row](), [Int]())
    var bare: Int?
    for (index, row) in rows.enumerated() {
      if isBare(index) {
        if let bare, computed[bare].ids == row.row.ids, computed[bare].segments == row.row.segments
        {
          places.append(bare)
          continue
        }
        bare = computed.count
      }
      places.append(computed.count)
      computed.append(row.row)
    }
    let batch = Batch(computed)
    (self.batch, batchRows, self.places, self.poolings) = (batch, computed, places, poolings)
    readsAll = rows.indices.contains { rows[$0].slots == nil && poolings[$0] == .mean }
    slots = rows.indices.map { row in rows[row].slots?.map { batch.offsets[places[row]] + $0 } }
    let read = rows.indices.flatMap { row in
      rows[row].slots?.map { batch.offsets[places[row]] + $0 }
        ?? [poolings[row].slot(of: places[row], in: batch)]
    }
    let distinct = Set(read).sorted()
    starts = Dictionary(uniqueKeysWithValues: zip(distinct, 0..<Int32(distinct.count)))
    reading = readsAll ? .all : .slots(distinct)
  }

  /// The states of some rows [states read, width], all of one prompt.
  func states(
    of rows: [Int], in hidden: Variable, _ backbone: any Backbone, _ pass: Pass
  ) -> Variable {
    let isPooled = rows.allSatisfy { slots[$0] == nil }
    let pooling = rows.first.map { poolings[$0] } ?? .cls
    if isPooled, pooling == .mean {
      return meanRows(
        of: hidden, begin: rows.map { batch.textBegin[places[$0]] },
        end: rows.map { batch.textEnd[places[$0]] })
    }
    let read = rows.flatMap { slots[$0] ?? [pooling.slot(of: places[$0], in: batch)] }
    let states = PrompterAutodiff.rows(
      readsAll ? read : read.map { starts[$0] ?? 0 }, of: hidden)
    return isPooled && pooling.usesPooler ? backbone.pooled(states, in: pass) : states
  }
}
