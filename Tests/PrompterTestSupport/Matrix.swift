// SPDX-License-Identifier: Apache-2.0

public import PrompterTensor

/// A row-major matrix in double precision: what slow references compute with.
public struct Matrix {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The values, row after row.
  public var values: [Double]

  /// A matrix of zeros.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    values = Array(repeating: 0, count: rows * columns)
  }

  /// The values of a tensor, all axes but the last as rows.
  public init(_ tensor: Tensor) {
    rows = tensor.rows
    columns = tensor.columns
    values = tensor.values.map { Double($0) }
  }

  /// The value at a row and a column.
  public subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  /// The transpose.
  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for row in 0..<rows {
      for column in 0..<columns { result[column, row] = self[row, column] }
    }
    return result
  }

  /// Columns `range`, as a matrix of their own.
  public func columns(_ range: Range<Int>) -> Matrix {
    var result = Matrix(rows: rows, columns: range.count)
    for row in 0..<rows {
      for column in range { result[row, column - range.lowerBound] = self[row, column] }
    }
    return result
  }

  /// The values rounded to float32.
  public var tensor: Tensor {
    Tensor(values.map { Float($0) }, shape: [rows, columns])
  }
}
