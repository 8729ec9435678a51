// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
public import PrompterTensor

/// The gradient of a table of which few rows were read: of those rows alone, all others have zeros.
///
/// A batch of sentences reads some hundred rows of a vocabulary's tens of thousands.
public struct RowGradient: Sendable {
  /// The table's shape [rows, columns].
  public let shape: Shape

  /// Which rows, in the order in which they were first added to, none of them twice.
  public let rows: [Int32]

  /// Their gradients [as many as ``rows``, columns].
  public let values: Tensor

  /// A gradient of zeros.
  public init(zeros shape: Shape) {
    self.init(shape: shape, rows: [], values: Tensor(uninitialized: [0, shape.columns]))
  }

  private init(shape: Shape, rows: [Int32], values: Tensor) {
    self.shape = shape
    self.rows = rows
    self.values = values
  }

  /// This gradient and x[i] at row `indices[i]`, where that is not negative.
  ///
  /// - Complexity: O(the values of both).
  public func adding(_ x: Tensor, at indices: [Int32]) -> RowGradient {
    var all = rows
    var places = Dictionary(uniqueKeysWithValues: zip(rows, Int32(0)...))
    let targets = indices.map { row -> Int32 in
      guard row >= 0 else { return -1 }
      precondition(Int(row) < shape.rows, "Row \(row) of a table \(shape).")
      if let place = places[row] { return place }
      places[row] = Int32(all.count)
      all.append(row)
      return Int32(all.count - 1)
    }
    let sums = Tensor(zeros: [all.count, shape.columns])
    Kernels.copyRows(of: values.buffer, to: sums.buffer, at: 0, columns: shape.columns)
    Kernels.scatterAddRows(x.buffer, to: targets, of: sums.buffer, columns: shape.columns)
    return RowGradient(shape: shape, rows: all, values: sums)
  }

  /// Adds these rows to a gradient of the whole table, in place.
  public func add(to whole: Tensor) {
    precondition(whole.shape.count == shape.count, "A gradient \(shape) for \(whole.shape).")
    Kernels.scatterAddRows(values.buffer, to: rows, of: whole.buffer, columns: shape.columns)
  }

  /// The gradient of the whole table.
  public var tensor: Tensor {
    let whole = Tensor(zeros: shape)
    add(to: whole)
    return whole
  }
}
