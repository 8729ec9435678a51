// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// A frozen weight [outputs, inputs], prepared once for the products of both passes.
///
/// Where the library has a packed format for this CPU the weight is reordered when first used, once
/// for each direction. Elsewhere kernels of our own read it in panels of sixteen columns: the first
/// product makes them one by one and forgets them, later ones keep them. A packed matrix never
/// changes and may be used by any number of threads.
///
/// In bfloat16 and int16 the weight and the other factor of each product are rounded; see
/// ``Precision``. Integers, and bfloat16 where the CPU has tiles, have panels of their own, which
/// are always kept.
@safe
public final class PackedMatrix: @unchecked Sendable {
  /// How a weight is kept.
  public enum Layout: Sendable {
    /// As the library runs fastest on this CPU.
    case automatic
    /// Always through the library's packed path.
    case packed
    /// Always in panels, for kernels of our own.
    case panels

    fileprivate var code: prompter_layout {
      switch self {
      case .automatic: prompter_layout_automatic
      case .packed: prompter_layout_packed
      case .panels: prompter_layout_panels
      }
    }
  }

  /// The rows of the weight: the columns of what the forward product gives.
  public let outputs: Int

  /// The columns of the weight: the columns of what the forward product takes.
  public let inputs: Int

  // What the matrix reads from.
  private let parts: [Buffer]

  let matrix: OpaquePointer

  /// What the factors of products are.
  public let precision: Precision

  /// Prepares a weight of `outputs` rows and `inputs` columns.
  ///
  /// A layout of panels rounds to bfloat16 and multiplies in float32, also where the CPU could do
  /// more. It multiplies int16 in plain C.
  public convenience init(
    _ weight: Buffer, outputs: Int, inputs: Int, layout: Layout = .automatic,
    precision: Precision = .float32
  ) {
    self.init(
      joining: [weight], outputs: outputs, inputs: inputs, layout: layout, precision: precision)
  }

  /// Prepares a weight whose rows stand in several parts of equal size, one below the other.
  ///
  /// Integers and tiles are made of the parts where they are; for other products those are copied
  /// together.
  public init(
    joining parts: [Buffer], outputs: Int, inputs: Int, layout: Layout = .automatic,
    precision: Precision = .float32
  ) {
    precondition(
      !parts.isEmpty && outputs % parts.count == 0
        && parts.allSatisfy { $0.count * parts.count == outputs * inputs },
      "A weight [\(outputs), \(inputs)] cannot have parts of \(parts.map(\.count)) values.")
    self.outputs = outputs
    self.inputs = inputs
    self.precision = precision
    let parts =
      prompter_joins_parts(layout.code, precision.code) != 0
      ? parts : [Self.joined(parts, columns: inputs)]
    self.parts = parts
    guard
      let matrix = unsafe Self.matrix(
        parts, outputs: outputs, inputs: inputs, layout, precision)
    else {
      fatalError("Out of memory for a weight [\(outputs), \(inputs)].")
    }
    unsafe self.matrix = matrix
  }

  private static func joined(_ parts: [Buffer], columns: Int) -> Buffer {
    guard parts.count > 1 else { return parts[0] }
    let joined = Buffer(count: parts.reduce(0) { $0 + $1.count })
    for (index, part) in parts.enumerated() {
      Kernels.copyRows(
        of: part, to: joined, at: index * part.count / columns, columns: columns)
      part.letGo()
    }
    return joined
  }

  private static func matrix(
    _ parts: [Buffer], outputs: Int, inputs: Int, _ layout: Layout, _ precision: Precision
  ) -> OpaquePointer? {
    let starts = unsafe parts.map { unsafe UnsafePointer($0.base) as UnsafePointer<Float>? }
    return unsafe prompter_matrix_create(
      starts, starts.count, outputs, inputs, layout.code, precision.code,
      parts.allSatisfy(\.isMapped) ? 1 : 0)
  }

  deinit {
    unsafe prompter_matrix_destroy(matrix)
  }

  /// Whether all values that products have read so far are finite: those of the whole weight once
  /// there was a product.
  ///
  /// A product with one that is not may still be finite, for integers are made of it, or an
  /// activation may follow that makes zero of it.
  public var isFinite: Bool { unsafe prompter_matrix_is_finite(matrix) != 0 }

  /// y = x Wᵀ, with x [rows, inputs] and y [rows, outputs].
  ///
  /// - Complexity: 2 rows inputs outputs FLOPs.
  public func multiply(_ x: Buffer, rows: Int, into y: Buffer) {
    check(x, rows, inputs)
    check(y, rows, outputs)
    let status = unsafe prompter_matrix_multiply(matrix, x.base, rows, y.base)
    precondition(status == 0, "A product [\(rows), \(inputs), \(outputs)] failed.")
  }

  /// x = y W, with y [rows, outputs] and x [rows, inputs]: the pullback of `multiply`.
  ///
  /// - Complexity: 2 rows inputs outputs FLOPs.
  public func multiplyTransposed(_ y: Buffer, rows: Int, into x: Buffer) {
    check(y, rows, outputs)
    check(x, rows, inputs)
    let status = unsafe prompter_matrix_multiply_transposed(matrix, y.base, rows, x.base)
    precondition(status == 0, "A product [\(rows), \(outputs), \(inputs)] failed.")
  }

  /// The rows that a product's matrices must have room for when they hold `rows`.
  ///
  /// The library's products with packed weights write whole tiles of 32 rows.
  public static func room(rows: Int) -> Int {
    prompter_room(rows)
  }

  func check(_ buffer: Buffer, _ rows: Int, _ columns: Int) {
    let room = Self.room(rows: rows) * columns
    precondition(
      buffer.count == rows * columns && buffer.capacity >= room,
      "A matrix [\(rows), \(columns)] needs \(room) values of room.")
  }
}

extension Precision {
  fileprivate var code: prompter_precision {
    switch self {
    case .float32: prompter_float32
    case .bfloat16: prompter_bfloat16
    case .int16: prompter_int16
    }
  }
}
