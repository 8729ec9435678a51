// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

extension Kernels {
  /// Copies a block of `columns` columns from one matrix into another of as many rows.
  ///
  /// The block begins at column `xColumn` of the source and `yColumn` of the target.
  public static func copyColumns(
    of x: Buffer, xColumns: Int, from xColumn: Int, to y: Buffer, yColumns: Int, at yColumn: Int,
    columns: Int
  ) {
    let rows = rows(of: x, columns: xColumns, "copyColumns")
    expect(y, count: rows * yColumns, "copyColumns")
    precondition(
      xColumn >= 0 && yColumn >= 0 && columns >= 0 && xColumn + columns <= xColumns
        && yColumn + columns <= yColumns, "copyColumns: the block lies outside its matrix.")
    guard rows > 0 else { return }
    unsafe prompter_copy_rows(
      y.base + yColumn, yColumns, x.base + xColumn, xColumns, rows, columns)
  }

  /// Copies all rows of `x` to `y`, the first one to row `row`.
  public static func copyRows(of x: Buffer, to y: Buffer, at row: Int, columns: Int) {
    let rows = rows(of: x, columns: columns, "copyRows")
    precondition(
      row >= 0 && (row + rows) * columns <= y.count, "copyRows: the rows do not fit the target.")
    unsafe prompter_copy_rows(y.base + row * columns, columns, x.base, columns, rows, columns)
  }

  /// Copies rows `range` of `x` to the whole of `y`.
  public static func copyRows(_ range: Range<Int>, of x: Buffer, to y: Buffer, columns: Int) {
    expect(y, count: range.count * columns, "copyRows")
    precondition(
      range.lowerBound >= 0 && range.upperBound * columns <= x.count,
      "copyRows: the rows lie outside the source.")
    unsafe prompter_copy_rows(
      y.base, columns, x.base + range.lowerBound * columns, columns, range.count, columns)
  }

  /// Copies rows `range` of `x` to `y`, the first one to row `row`.
  public static func copyRows(
    _ range: Range<Int>, of x: Buffer, to y: Buffer, at row: Int, columns: Int
  ) {
    precondition(
      range.lowerBound >= 0 && range.upperBound * columns <= x.count && row >= 0
        && (row + range.count) * columns <= y.count, "copyRows: the rows lie outside.")
    unsafe prompter_copy_rows(
      y.base + row * columns, columns, x.base + range.lowerBound * columns, columns, range.count,
      columns)
  }

  /// y[h, indices[r], c] = x[r, from + h size + c]: rows cut into heads, each put among its own.
  ///
  /// y is [heads, tokens, size]; see ``ColumnBlock/init(headMajor:tokens:size:head:)``.
  public static func placeHeads(
    of x: Buffer, xColumns: Int, from column: Int, to indices: [Int32], of y: Buffer, heads: Int,
    size: Int
  ) {
    let tokens = y.count / (heads * size)
    expect(y, count: heads * tokens * size, "placeHeads")
    expect(indices, below: tokens, "placeHeads")
    expect(x, count: indices.count * xColumns, "placeHeads")
    precondition(
      column >= 0 && column + heads * size <= xColumns, "placeHeads: outside the source.")
    for head in 0..<(indices.isEmpty ? 0 : heads) {
      unsafe prompter_place_rows(
        y.base + head * tokens * size, size, x.base + column + head * size, xColumns, indices,
        indices.count, size)
    }
  }

  /// y[r] = x[indices[r]].
  public static func gatherRows(_ indices: [Int32], of x: Buffer, into y: Buffer, columns: Int) {
    expect(indices, below: rows(of: x, columns: columns, "gatherRows"), "gatherRows")
    expect(y, count: indices.count * columns, "gatherRows")
    unsafe prompter_gather_rows(y.base, x.base, indices, indices.count, columns)
  }

  /// target[r, at + c] += x[r, c] for matrices of as many rows.
  public static func addColumns(
    _ x: Buffer, columns: Int, to target: Buffer, at column: Int, targetColumns: Int
  ) {
    let rows = rows(of: x, columns: columns, "addColumns")
    expect(target, count: rows * targetColumns, "addColumns")
    precondition(
      column >= 0 && column + columns <= targetColumns, "addColumns: outside the target.")
    unsafe prompter_add_rows(target.base + column, targetColumns, x.base, columns, rows, columns)
  }

  /// y[r] = the mean of rows begin[r] ..< end[r] of x; zeros for an empty range.
  public static func meanRows(
    of x: Buffer, begin: [Int32], end: [Int32], into y: Buffer, columns: Int
  ) {
    expect(begin, end, within: rows(of: x, columns: columns, "meanRows"))
    expect(y, count: begin.count * columns, "meanRows")
    unsafe prompter_mean_rows(y.base, x.base, begin, end, begin.count, columns)
  }

  /// The pullback of `meanRows`, added to `dx`.
  public static func meanRowsPullback(
    _ dy: Buffer, begin: [Int32], end: [Int32], addingTo dx: Buffer, columns: Int
  ) {
    expect(begin, end, within: rows(of: dx, columns: columns, "meanRowsPullback"))
    expect(dy, count: begin.count * columns, "meanRowsPullback")
    unsafe prompter_mean_rows_backward(dx.base, dy.base, begin, end, begin.count, columns)
  }

  private static func expect(_ begin: [Int32], _ end: [Int32], within rows: Int) {
    precondition(begin.count == end.count, "Ranges need as many ends as beginnings.")
    for (first, last) in zip(begin, end) {
      precondition(first >= 0 && first <= last && Int(last) <= rows, "A range lies outside.")
    }
  }
}
