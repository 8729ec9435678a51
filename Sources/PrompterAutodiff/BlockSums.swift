// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// One of the blocks of columns that ``blockSums(of:_:width:)`` adds up.
public struct ColumnShare: Sendable, Equatable {
  /// The block's first column.
  public let column: Int
  /// What the block is multiplied by.
  public let weight: Float

  /// A block from a column on, times a weight.
  public init(column: Int, weight: Float) {
    (self.column, self.weight) = (column, weight)
  }
}

/// Groups of rows, of each row one block of columns, added up.
///
/// With n shares, y[g, c] = Σ_j w_j x[n g + j, k_j + c] for the column k_j and the weight w_j of
/// share j: what a linear layer over the states of a group, each with weights of its own, makes of
/// them where x holds the products with all of these weights. dx[n g + j, k_j + c] = w_j dy[g, c].
///
/// - Parameters:
///   - x: [n groups, columns].
///   - shares: One for each row of a group.
///   - width: The columns of a block.
/// - Returns: y [groups, width].
public func blockSums(of x: Variable, _ shares: [ColumnShare], width: Int) -> Variable {
  let (size, columns) = (shares.count, x.value.columns)
  precondition(
    size > 0 && x.value.rows % size == 0
      && shares.allSatisfy { $0.column >= 0 && $0.column + width <= columns },
    "\(shares) of \(width) columns do not fit \(x.shape).")
  let groups = x.value.rows / size
  let y = Tensor(zeros: [groups, width])
  for group in 0..<groups {
    for (row, share) in shares.enumerated() {
      let first = (group * size + row) * columns + share.column
      for column in 0..<width {
        y.buffer[group * width + column] += share.weight * x.value.buffer[first + column]
      }
    }
  }
  guard let tape = x.tape else { return Variable(y) }
  let shape = x.shape
  return tape.record(y) { [x = x.adjoint] dy in
    let dx = Tensor(zeros: shape)
    for group in 0..<groups {
      for (row, share) in shares.enumerated() {
        let first = (group * size + row) * columns + share.column
        for column in 0..<width {
          dx.buffer[first + column] += share.weight * dy.buffer[group * width + column]
        }
      }
    }
    x?.accumulate(dx)
  }
}
