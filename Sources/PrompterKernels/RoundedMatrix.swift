// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// A matrix [rows, columns] in bfloat16: what stands between products with rounded factors and an
/// attention, half as many bytes as float32.
///
/// Values stand in tiles of 16 rows and 32 columns, as the products of CPUs with AMX read them.
public struct RoundedMatrix: Sendable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  // Two values in the place of each float.
  private let buffer: Buffer

  /// A matrix whose values are to be written at once.
  public init(uninitializedRows rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    buffer = Buffer(count: prompter_rounded_size(rows, columns) / 2)
    // Products read whole tiles.
    if columns % 32 != 0 { buffer.fill(with: 0) }
  }

  /// A matrix of rounded values, to the nearest, ties to even.
  ///
  /// - Parameters:
  ///   - values: [rows, columns].
  ///   - rows: The number of rows.
  ///   - columns: The number of columns.
  public init(rounding values: Buffer, rows: Int, columns: Int) {
    Kernels.expect(values, count: rows * columns, "rounding")
    self.init(uninitializedRows: rows, columns: columns)
    unsafe prompter_narrow_rows(description, 0, rows, columns, values.base)
  }

  /// A matrix assembled of others of as many columns.
  ///
  /// - Parameters:
  ///   - slots: For each row, a row of `constants`, or −1 − i for row i of `copied`.
  ///   - constants: Rows that stand in one place each.
  ///   - copied: Rows that stand in several.
  public init(assembling slots: [Int32], constants: RoundedMatrix, copied: RoundedMatrix) {
    precondition(constants.columns == copied.columns, "Parts have as many columns.")
    for slot in slots {
      precondition(
        slot < constants.rows && -1 - slot < copied.rows, "Slot \(slot) is of no row.")
    }
    self.init(uninitializedRows: slots.count, columns: constants.columns)
    let parts = unsafe [constants.description, copied.description]
    unsafe prompter_assemble_rows(description, parts, slots, slots.count)
  }

  /// The pullback of ``init(assembling:constants:copied:)`` to what was copied, in float32: for
  /// each of its `count` rows the sum of this matrix's rows that stand where it did.
  public func sumsOfCopies(_ slots: [Int32], count: Int) -> Buffer {
    precondition(slots.count == rows, "\(slots.count) slots for \(rows) rows.")
    for slot in slots { precondition(-1 - slot < count, "Slot \(slot) is of no row.") }
    let sums = Buffer(count: count * columns, capacity: PackedMatrix.room(rows: count) * columns)
    sums.fill(with: 0)
    unsafe prompter_add_copies(sums.base, description, slots, slots.count, columns)
    return sums
  }

  /// All values [rows, columns] in float32.
  public func widened() -> Buffer {
    let result = Buffer(count: rows * columns)
    unsafe prompter_widen_rows(description, 0, rows, columns, result.base)
    return result
  }

  var description: prompter_rounded {
    unsafe prompter_rounded(
      tiles: UnsafeMutableRawPointer(buffer.base).assumingMemoryBound(to: UInt16.self),
      steps: (columns + 31) / 32)
  }
}

/// Some columns of a rounded matrix: the queries, keys or values of all heads, side by side.
public struct RoundedBlock: Sendable {
  /// The whole matrix.
  public let matrix: RoundedMatrix
  /// The first column.
  public let column: Int

  /// The block of a matrix that begins at `column`.
  public init(_ matrix: RoundedMatrix, column: Int) {
    self.matrix = matrix
    self.column = column
  }

  func check(rows: Int, heads: Int, size: Int) {
    precondition(
      matrix.rows == rows && column >= 0 && column + heads * size <= matrix.columns,
      "attention: the block lies outside its matrix.")
    precondition(
      size % 32 != 0 || column % 32 == 0, "attention: column \(column) is within a line of 32.")
  }
}

extension PackedMatrix {
  /// y = x Wᵀ + bias, rounded, for x [rows, inputs].
  ///
  /// - Complexity: 2 rows inputs outputs FLOPs.
  public func roundedProduct(_ x: Buffer, rows: Int, adding bias: Buffer? = nil) -> RoundedMatrix {
    Kernels.expect(bias, count: outputs, "bias")
    return rounded(x, rows, from: inputs, to: outputs, isBackward: 0, bias)
  }

  /// x = y W, rounded, for y [rows, outputs]: the pullback of ``multiply(_:into:)``.
  ///
  /// - Complexity: 2 rows inputs outputs FLOPs.
  public func roundedProductTransposed(_ y: Buffer, rows: Int) -> RoundedMatrix {
    rounded(y, rows, from: outputs, to: inputs, isBackward: 1, nil)
  }

  /// y = x Wᵀ, with x [rows, inputs] and y [rows, outputs].
  ///
  /// - Complexity: 2 rows inputs outputs FLOPs.
  public func multiply(_ x: RoundedMatrix, into y: Buffer) {
    multiply(x, from: inputs, into: y, outputs, isBackward: 0)
  }

  /// x = y W, with y [rows, outputs] and x [rows, inputs]: the pullback of
  /// ``roundedProduct(_:rows:adding:)``.
  ///
  /// - Complexity: 2 rows inputs outputs FLOPs.
  public func multiplyTransposed(_ y: RoundedMatrix, into x: Buffer) {
    multiply(y, from: outputs, into: x, inputs, isBackward: 1)
  }

  private func rounded(
    _ x: Buffer, _ rows: Int, from depth: Int, to columns: Int, isBackward: Int32, _ bias: Buffer?
  ) -> RoundedMatrix {
    check(x, rows, depth)
    let y = RoundedMatrix(uninitializedRows: rows, columns: columns)
    let status = unsafe prompter_matrix_round_product(
      matrix, isBackward, x.base, bias?.base, rows, y.description)
    precondition(status == 0, "A product [\(rows), \(depth), \(columns)] failed.")
    return y
  }

  private func multiply(
    _ x: RoundedMatrix, from depth: Int, into y: Buffer, _ columns: Int, isBackward: Int32
  ) {
    precondition(x.columns == depth, "A factor of \(x.columns) columns for a depth of \(depth).")
    check(y, x.rows, columns)
    let status = unsafe prompter_matrix_multiply_rounded(
      matrix, isBackward, x.description, x.rows, y.base)
    precondition(status == 0, "A product [\(x.rows), \(depth), \(columns)] failed.")
  }
}
