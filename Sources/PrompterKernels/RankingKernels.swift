// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

extension Kernels {
  /// sums[r] = log Σ_c exp x[r, c] for rows of `columns` values, with an error below 1e-6.
  public static func logSums(of x: Buffer, columns: Int, into sums: Buffer) {
    let rows = rows(of: x, columns: columns, "logSums")
    expect(sums, count: rows, "logSums")
    unsafe prompter_log_sums(sums.base, x.base, rows, columns)
  }

  /// For each row of `columns` values the columns of the `count` largest, largest first.
  ///
  /// Of equal values the first comes first.
  ///
  /// - Complexity: O(values) for a small count of values in no particular order.
  public static func largest(_ count: Int, of x: Buffer, columns: Int) -> [[Int]] {
    let rows = rows(of: x, columns: columns, "largest")
    precondition(count > 0 && count <= columns, "largest: \(count) of \(columns).")
    var indices = [Int32](repeating: 0, count: rows * count)
    unsafe prompter_largest(&indices, x.base, count, rows, columns)
    return (0..<rows).map { row in (0..<count).map { Int(indices[row * count + $0]) } }
  }
}
