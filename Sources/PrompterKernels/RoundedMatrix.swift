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

  func check(rows: Int, width: Int) {
    precondition(
      matrix.rows == rows && column >= 0 && column + width <= matrix.columns,
      "attention: the block lies outside its matrix.")
  }
}

extension PackedMatrix {
  /// y = x Wᵀ + bias, rounded, for x [rows, inputs].
  ///
  /// - Complexity: 2 rows inputs outputs FLOPs.
  public func roundedProduct(_ x: Buffer, rows: Int, adding bias: Buffer? = nil) -> RoundedMatrix {
    check(x, rows, inputs)
    Kernels.expect(bias, count: outputs, "bias")
    let y = RoundedMatrix(uninitializedRows: rows, columns: outputs)
    let status = unsafe prompter_matrix_round_product(
      matrix, 0, x.base, bias?.base, rows, y.description)
    precondition(status == 0, "A product [\(rows), \(inputs), \(outputs)] failed.")
    return y
  }

  /// x = y W, rounded, for y [rows, outputs]: the pullback of ``multiply(_:into:)``.
  ///
  /// - Complexity: 2 rows inputs outputs FLOPs.
  public func roundedProductTransposed(_ y: Buffer, rows: Int) -> RoundedMatrix {
    check(y, rows, outputs)
    let x = RoundedMatrix(uninitializedRows: rows, columns: inputs)
    let status = unsafe prompter_matrix_round_product(
      matrix, 1, y.base, nil, rows, x.description)
    precondition(status == 0, "A product [\(rows), \(outputs), \(inputs)] failed.")
    return x
  }

  /// y = x Wᵀ, with x [rows, inputs] and y [rows, outputs].
  ///
  /// - Complexity: 2 rows inputs outputs FLOPs.
  public func multiply(_ x: RoundedMatrix, into y: Buffer) {
    precondition(x.columns == inputs, "A factor of \(x.columns) columns for \(inputs) inputs.")
    check(y, x.rows, outputs)
    let status = unsafe prompter_matrix_multiply_rounded(
      matrix, 0, x.description, x.rows, y.base)
    precondition(status == 0, "A product [\(x.rows), \(inputs), \(outputs)] failed.")
  }

  /// x = y W, with y [rows, outputs] and x [rows, inputs]: the pullback of
  /// ``roundedProduct(_:rows:adding:)``.
  ///
  /// - Complexity: 2 rows inputs outputs FLOPs.
  public func multiplyTransposed(_ y: RoundedMatrix, into x: Buffer) {
    precondition(y.columns == outputs, "A factor of \(y.columns) columns for \(outputs) outputs.")
    check(x, y.rows, inputs)
    let status = unsafe prompter_matrix_multiply_rounded(
      matrix, 1, y.description, y.rows, x.base)
    precondition(status == 0, "A product [\(y.rows), \(outputs), \(inputs)] failed.")
  }
}
