// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterKernels
internal import PrompterTensor

/// A step of Adafactor for a table of which few rows have a gradient, with a whole second moment.
///
/// The moments of all rows change, for ε₁ is added to every square; but the direction of a row
/// without a gradient is zero and has no memory.
struct AdafactorTable {
  private let parameter: Tensor
  private let second: Tensor
  private let gradient: RowGradient
  private let columns: Int

  // The rows of the gradient from the table's first to its last, each with its place.
  private let rows: [(row: Int, place: Int)]

  // So many rows without a gradient are computed at a time.
  private let most = 128
  private let zeros: Buffer

  init(_ parameter: Tensor, second: Tensor, gradient: RowGradient) {
    self.parameter = parameter
    self.second = second
    self.gradient = gradient
    columns = gradient.shape.columns
    rows = gradient.rows.enumerated().map { (Int($1), $0) }.sorted { $0.row < $1.row }
    zeros = Tensor(zeros: [most, columns]).buffer
  }

  /// The direction of the gradient's rows, in its order; takes the gradient into the moments of
  /// all.
  func direction(_ mixing: AdafactorMixing) -> Tensor {
    let direction = Tensor(uninitialized: gradient.values.shape)
    let unused = Tensor(uninitialized: [most, columns])
    forEachStretch { values, place in
      let own = place.map { Buffer($0, of: gradient.values.buffer) }
      let target = place.map { Buffer($0, of: direction.buffer) }
      let none = 0..<values.count
      Kernels.adafactorDirection(
        own ?? Buffer(none, of: zeros), second: Buffer(values, of: second.buffer), mixing: mixing,
        into: target ?? Buffer(none, of: unused.buffer))
    }
    return direction
  }

  /// Moves the table; rows without a direction only decay.
  func step(along direction: Tensor, _ step: AdafactorStep) {
    forEachStretch { values, place in
      guard place != nil || step.kept != 1 else { return }
      let own = place.map { Buffer($0, of: direction.buffer) }
      Kernels.adafactorStep(
        Buffer(values, of: parameter.buffer), first: nil,
        direction: own ?? Buffer(0..<values.count, of: zeros), step: step)
    }
  }

  // All values of the table in order, those of a row with a gradient apart and with their place in
  // the gradient's.
  private func forEachStretch(_ body: (_ values: Range<Int>, _ place: Range<Int>?) -> Void) {
    var next = 0
    func pass(to row: Int) {
      for first in stride(from: next, to: row, by: most) {
        body(first * columns..<min(first + most, row) * columns, nil)
      }
    }
    for (row, place) in rows {
      pass(to: row)
      body(row * columns..<(row + 1) * columns, place * columns..<(place + 1) * columns)
      next = row + 1
    }
    pass(to: gradient.shape.rows)
  }
}
