// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterKernels
internal import PrompterTensor

/// Adam's two moments of a parameter, of the rows that ever had a gradient.
///
/// The moments of all others are zeros and stay so. They have room, but memory that is never
/// written costs nothing: a vocabulary's rows get theirs when a text first has their word. What a
/// parameter becomes does not depend on it, bit for bit.
struct RowMoments: Sendable {
  /// The parameter's shape.
  let shape: Shape

  /// The row of each slot, in the order in which gradients first came.
  private(set) var rows: [Int32] = []

  /// Whether every row has moments, in the table's order.
  private(set) var areWhole = false

  /// The means of gradients, slot after slot.
  let first: Tensor

  /// The means of squared gradients, slot after slot.
  let second: Tensor

  // The slot of each row, -1 for none; none at all where moments are whole.
  private var slots: [Int32] = []

  /// No moments yet.
  init(_ shape: Shape) {
    self.shape = shape
    first = Tensor(uninitialized: shape)
    second = Tensor(uninitialized: shape)
    slots = Array(repeating: -1, count: shape.rows)
  }

  /// The values in moments of either kind.
  var storedCount: Int { areWhole ? shape.count : rows.count * shape.columns }

  /// Whether a row has no moments.
  func isUntouched(_ row: Int) -> Bool { !areWhole && slots[row] < 0 }

  /// Makes moments of zeros for the rows of a gradient that have none.
  mutating func touch(_ gradient: Gradient) {
    guard !areWhole else { return }
    let before = storedCount
    switch gradient {
    case .rows(let gradient): append(gradient.rows)
    case .whole: append((0..<shape.rows).map(Int32.init))
    }
    first.buffer.fill(with: 0, in: before..<storedCount)
    second.buffer.fill(with: 0, in: before..<storedCount)
  }

  private mutating func append(_ new: some Sequence<Int32>) {
    for row in new where slots[Int(row)] < 0 {
      slots[Int(row)] = Int32(rows.count)
      rows.append(row)
    }
    areWhole = rows.count == shape.rows && zip(rows, Int32(0)...).allSatisfy { $0 == $1 }
    if areWhole { (rows, slots) = ([], []) }
  }

  /// For each slot the row of the gradient's ``Gradient/stored`` that is its own, -1 for none.
  func places(in gradient: Gradient) -> [Int32] {
    guard case .rows(let gradient) = gradient else { return rows }
    var places = [Int32](repeating: -1, count: rows.count)
    for (place, row) in gradient.rows.enumerated() { places[Int(slots[Int(row)])] = Int32(place) }
    return places
  }
}

/// How moments are saved: whole as they are, others with the numbers of their rows.
extension RowMoments {
  /// The tensors of a state under a parameter's name; of the same memory.
  func state(_ name: String) -> [String: Tensor] {
    guard !areWhole else { return ["first." + name: first, "second." + name: second] }
    let count = rows.count * shape.columns
    let saved: Shape = [rows.count, shape.columns]
    return [
      "rows." + name: Tensor(rows.map { Float($0) }, shape: [rows.count]),
      "first." + name: Tensor(reading: Buffer(0..<count, of: first.buffer), shape: saved),
      "second." + name: Tensor(reading: Buffer(0..<count, of: second.buffer), shape: saved),
    ]
  }

  /// The moments that a state has under a parameter's name, nil if they do not fit.
  func restored(_ name: String, from state: [String: Tensor]) -> RowMoments? {
    guard let first = state["first." + name], let second = state["second." + name],
      let rows = state["rows." + name].map(numbers) ?? Array(0..<Int32(shape.rows)),
      first.shape.count == rows.count * shape.columns, second.shape.count == first.shape.count
    else { return nil }
    var moments = RowMoments(shape)
    moments.append(rows)
    guard moments.storedCount == first.shape.count else { return nil }
    let stored = 0..<moments.storedCount
    Buffer(stored, of: moments.first.buffer).update(from: first.buffer)
    Buffer(stored, of: moments.second.buffer).update(from: second.buffer)
    return moments
  }

  // The numbers of rows, nil if one is none; twice the same is found by the count.
  private func numbers(_ tensor: Tensor) -> [Int32]? {
    let numbers = tensor.values.compactMap { Int32(exactly: $0) }
    let isFit =
      numbers.count == tensor.shape.count
      && numbers.allSatisfy { $0 >= 0 && Int($0) < shape.rows }
    return isFit ? numbers : nil
  }
}
