// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// What the factors of products with frozen weights are.
///
/// In bfloat16 the weight is rounded once, and in each product so is the other factor: the input on
/// the way forward, the gradient on the way back. Sums, results and everything else stay float32.
/// Rounding goes to the nearest value, ties to the even one, so that every CPU computes the same
/// numbers but for the order of additions.
public enum Precision: String, Codable, Sendable, CaseIterable {
  /// Float32 throughout: the reference.
  case float32
  /// Factors of 8 significant bits: several times as fast where the CPU multiplies them itself.
  case bfloat16

  /// Whether this CPU multiplies bfloat16 itself, by AVX-512 or AMX, and the product library uses it.
  ///
  /// Where it does not, rounded factors are multiplied in float32, a little slower than unrounded.
  public static let isBFloat16Native = prompter_has_bfloat16() != 0

  /// The fastest one on this CPU.
  public static var fastest: Precision { isBFloat16Native ? .bfloat16 : .float32 }
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
}
