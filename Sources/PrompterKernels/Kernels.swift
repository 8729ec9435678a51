// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// The loops that all computation is made of, over whole buffers.
///
/// Every function checks the sizes of its buffers before it touches memory; that is what makes this
/// room's interface safe. Matrices are row-major and described by their number of rows: the columns
/// follow from the count. A row's result never depends on the rows beside it.
public enum Kernels {
  static func rows(of buffer: Buffer, columns: Int, _ name: StaticString) -> Int {
    precondition(
      columns > 0 && buffer.count % columns == 0,
      "\(name): \(buffer.count) values are no rows of \(columns).")
    return buffer.count / columns
  }

  static func expect(_ buffer: Buffer?, count: Int, _ name: StaticString) {
    guard let buffer else { return }
    precondition(buffer.count == count, "\(name): \(buffer.count) values where \(count) belong.")
  }

  static func expect(_ range: Range<Int>, of buffer: Buffer, _ name: StaticString) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= buffer.count,
      "\(name): positions \(range) of \(buffer.count) values.")
  }

  static func expect(_ indices: [Int32], below limit: Int, _ name: StaticString) {
    precondition(
      indices.allSatisfy { $0 >= 0 && Int($0) < limit }, "\(name): an index is beyond \(limit).")
  }
}

extension Kernels {
  /// y += x.
  public static func add(_ x: Buffer, to y: Buffer) {
    add(x, to: y, in: 0..<y.count)
  }

  /// y += x, at the positions of a range only.
  public static func add(_ x: Buffer, to y: Buffer, in range: Range<Int>) {
    expect(x, count: y.count, "add")
    expect(range, of: y, "add")
    unsafe prompter_add(y.base + range.lowerBound, x.base + range.lowerBound, range.count)
  }

  /// y = a x; `x` may be `y`.
  public static func scale(_ x: Buffer, by a: Float, into y: Buffer) {
    expect(x, count: y.count, "scale")
    unsafe prompter_scale(y.base, x.base, a, y.count)
  }

  /// z = x y, element by element; `z` may be one of them.
  public static func multiply(_ x: Buffer, _ y: Buffer, into z: Buffer) {
    expect(x, count: z.count, "multiply")
    expect(y, count: z.count, "multiply")
    unsafe prompter_multiply(z.base, x.base, y.base, z.count)
  }

  /// The sum of all squares, in double precision.
  public static func sumOfSquares(_ x: Buffer) -> Double {
    sumOfSquares(x, in: 0..<x.count)
  }

  /// The sum of the squares at the positions of a range, in double precision.
  public static func sumOfSquares(_ x: Buffer, in range: Range<Int>) -> Double {
    expect(range, of: x, "sumOfSquares")
    return unsafe prompter_sum_of_squares(x.base + range.lowerBound, range.count)
  }

  /// Whether no value is an infinity or NaN.
  public static func isFinite(_ x: Buffer) -> Bool {
    unsafe prompter_all_finite(x.base, x.count) != 0
  }

  /// Whether two buffers hold the same bits.
  public static func areEqual(_ x: Buffer, _ y: Buffer) -> Bool {
    unsafe x.count == y.count
      && (x.base == y.base || prompter_same_bits(x.base, y.base, x.count) != 0)
  }

  /// y[r] += bias for every row r.
  public static func addBias(_ bias: Buffer, to y: Buffer) {
    let rows = rows(of: y, columns: bias.count, "addBias")
    unsafe prompter_add_bias(y.base, bias.base, rows, bias.count)
  }

  /// sums += the sum of all rows of x.
  public static func addColumnSums(of x: Buffer, to sums: Buffer) {
    let rows = rows(of: x, columns: sums.count, "addColumnSums")
    unsafe prompter_add_column_sums(sums.base, x.base, rows, sums.count)
  }

  /// y = tanh x, with an absolute error below 3e-7.
  public static func tanh(_ x: Buffer, into y: Buffer) {
    expect(x, count: y.count, "tanh")
    unsafe prompter_tanh(y.base, x.base, y.count)
  }

  /// dx = dy (1 - y²): the pullback of tanh from its value.
  public static func tanhPullback(_ dy: Buffer, value y: Buffer, into dx: Buffer) {
    expect(dy, count: y.count, "tanhPullback")
    expect(dx, count: y.count, "tanhPullback")
    unsafe prompter_tanh_backward(dx.base, dy.base, y.base, y.count)
  }
}
