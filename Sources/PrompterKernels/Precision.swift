// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// What the factors of products with weights are.
///
/// In all but float32 a frozen weight is rounded once, and in each product so is the other factor:
/// the input on the way forward, the gradient on the way back. Results and everything else stay
/// float32; see ``ofTrainedWeights`` for weights that change. Rounding goes to the nearest value,
/// ties to the even one, so that every CPU computes the same numbers but for the order of
/// additions.
public enum Precision: String, Codable, Sendable, CaseIterable {
  /// Float32 throughout: the reference.
  case float32
  /// Factors of 8 significant bits: several times as fast where the CPU multiplies them itself.
  case bfloat16

  /// Integers of 16 bits that count a unit of their own for each row of a factor, or each 512 of
  /// its values: about half as fast again as float32 on CPUs with AVX2, and nearer to it than
  /// bfloat16.
  ///
  /// The integers are as large as sums of 32 bits allow for any pair of rows: those of a row of
  /// random values have 12 significant bits. Sums are exact, so no order of additions can change
  /// them.
  case int16

  /// Whether this CPU multiplies bfloat16 itself, by AVX-512 or AMX, and the product library uses
  /// it.
  ///
  /// Where it does not, rounded factors are multiplied in float32, a little slower than unrounded.
  public static let isBFloat16Native = prompter_has_bfloat16() != 0

  /// Whether this CPU multiplies int16 faster than float32: with AVX2, where there is no AVX-512.
  ///
  /// Elsewhere the same numbers come more slowly.
  public static let isInt16Fast = prompter_has_fast_int16() != 0

  /// The fastest one on this CPU for products with frozen weights.
  public static var fastest: Precision {
    isBFloat16Native ? .bfloat16 : isInt16Fast ? .int16 : .float32
  }

  /// The fastest one on this CPU for products with weights that are trained: bfloat16 where the CPU
  /// has tiles for it, since nothing else pays for rounding such weights anew at each step.
  public static var fastestForTrainedWeights: Precision {
    prompter_has_bfloat16_tiles() != 0 ? .bfloat16 : .float32
  }

  /// What becomes of this precision where weights are trained.
  ///
  /// In bfloat16 the weight is rounded at each product, as are the factors of its gradient; the
  /// weight itself, its gradient and the optimiser are float32. There are no such products of
  /// integers: those are float32.
  public var ofTrainedWeights: Precision { self == .bfloat16 ? .bfloat16 : .float32 }
}

extension Kernels {
  /// y = x, each value rounded to the nearest bfloat16, ties to the even one.
  ///
  /// Values beyond the largest bfloat16 become infinite; a NaN stays one.
  public static func roundToBFloat16(_ x: Buffer, into y: Buffer) {
    expect(x, count: y.count, "roundToBFloat16")
    precondition(x !== y, "roundToBFloat16: a buffer cannot be rounded into itself.")
    unsafe prompter_round_bfloat16(y.base, x.base, x.count)
  }

  /// The upper halves of x, rounded likewise: bfloat16 as such.
  public static func bfloat16Bits(of x: Buffer) -> [UInt16] {
    var bits = [UInt16](repeating: 0, count: x.count)
    unsafe prompter_narrow_bfloat16(&bits, x.base, x.count)
    return bits
  }

  /// y = x [rows, columns], each row rounded to 16-bit integers times its unit, or those of equal
  /// pieces of at most 512 columns.
  ///
  /// Integers are at most 32,767, and their Euclidean norm is at most 46,300. A piece with a value
  /// that is no finite number becomes NaN; one whose values are all below 1e-30 becomes zero.
  public static func roundToInt16(_ x: Buffer, columns: Int, into y: Buffer) {
    expect(x, count: y.count, "roundToInt16")
    precondition(x !== y, "roundToInt16: a buffer cannot be rounded into itself.")
    precondition(x.count % columns == 0, "roundToInt16: \(x.count) values in rows of \(columns).")
    unsafe prompter_round_int16(y.base, x.base, x.count / columns, columns)
  }
}
