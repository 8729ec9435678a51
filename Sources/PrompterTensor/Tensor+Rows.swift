// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels

extension Tensor {
  /// The rows of several matrices of `columns` columns, one after another.
  public init(joiningRowsOf tensors: [Tensor], columns: Int) {
    self.init(uninitialized: [tensors.reduce(0) { $0 + $1.rows }, columns])
    var row = 0
    for tensor in tensors {
      Kernels.copyRows(of: tensor.buffer, to: buffer, at: row, columns: columns)
      row += tensor.rows
    }
  }

  /// A copy of some rows of this matrix.
  public func rows(_ range: Range<Int>) -> Tensor {
    let result = Tensor(uninitialized: [range.count, columns])
    Kernels.copyRows(range, of: buffer, to: result.buffer, columns: columns)
    return result
  }

  /// The columns of this matrix, from column `column` on, of a matrix of zeros with `columns`.
  public func placed(at column: Int, ofColumns columns: Int) -> Tensor {
    let result = Tensor(zeros: [rows, columns])
    Kernels.copyColumns(
      of: buffer, xColumns: self.columns, from: 0, to: result.buffer, yColumns: columns,
      at: column, columns: self.columns)
    return result
  }
}
