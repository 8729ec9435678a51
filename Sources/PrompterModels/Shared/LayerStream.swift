// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterKernels
internal import PrompterNN

/// What the layers of a stack add to: a sum, and what the last layer's norm has yet to add to it.
struct LayerStream {
  var sum: Variable
  var pending: Variable?
}

/// Some slots of ragged rows: where each stands in its row, and its dropout's key.
struct LayerSlots {
  /// Row r owns slots offsets[r] ..< offsets[r + 1].
  let offsets: [Int32]
  /// Each slot's place in its row.
  let places: [Int32]
  /// Each slot's key.
  let keys: [UInt32]
  /// The slots' indices among those of the whole rows; `nil` if they are all of them.
  let indices: [Int32]?

  /// All slots of rows given by their offsets.
  init(offsets: [Int32], keys: [UInt32]) {
    self.offsets = offsets
    self.keys = keys
    places = zip(offsets, offsets.dropFirst()).flatMap { begin, end in (0..<end - begin).map { $0 }
    }
    indices = nil
  }

  /// One slot after each row's `lengths[r]` earlier ones.
  init(after lengths: [Int32]) {
    offsets = (0...Int32(lengths.count)).map { $0 }
    places = lengths
    keys = []
    indices = nil
  }

  /// Some slots of these rows, row by row.
  func reading(_ indices: [Int32], offsets: [Int32]) -> LayerSlots {
    LayerSlots(of: self, indices, offsets)
  }

  private init(of whole: LayerSlots, _ indices: [Int32], _ offsets: [Int32]) {
    self.offsets = offsets
    self.indices = indices
    places = indices.map { whole.places[Int($0)] }
    keys = whole.keys.isEmpty ? [] : indices.map { whole.keys[Int($0)] }
  }

  /// These rows of what was computed for whole rows.
  func rows(of x: Variable) -> Variable {
    indices.map { PrompterAutodiff.rows($0, of: x) } ?? x
  }
}

/// What all layers of one computation share.
struct LayerSetting {
  let pass: Pass
  let dropout: Float
  let numbers: [UInt32]

  func dropped(_ x: Variable, _ slots: LayerSlots) -> Variable {
    guard let dropout = pass.dropout(dropout) else { return x }
    return drop(x, by: dropout, rowKeys: slots.keys)
  }

  var attentionDropout: (dropout: Dropout, rowKeys: [UInt32])? {
    pass.dropout(dropout).map { ($0, numbers) }
  }
}
