// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

extension Kernels {
  /// c = op(a) op(b), or c += that, for weights that change: op transposes where asked.
  ///
  /// op(a) is [m, k], stored [k, m] when transposed; op(b) is [k, n], stored [n, k] when
  /// transposed; c is [m, n]. a and b may be rounded to bfloat16 first; sums are float32 either
  /// way.
  public static func product(
    _ a: Buffer, _ b: Buffer, transposingA: Bool = false, transposingB: Bool = false, m: Int,
    n: Int, k: Int, into c: Buffer, accumulating: Bool = false, roundingFactors: Bool = false
  ) {
    expect(a, count: m * k, "product")
    expect(b, count: k * n, "product")
    expect(c, count: m * n, "product")
    let multiply = unsafe roundingFactors ? prompter_product_rounded : prompter_product
    let status = unsafe multiply(
      transposingA ? 1 : 0, transposingB ? 1 : 0, m, n, k, a.base, b.base, c.base,
      accumulating ? 1 : 0)
    precondition(status == 0, "A product [\(m), \(k), \(n)] failed.")
  }

  /// The name and version of the library behind all products.
  public static var productLibrary: String {
    unsafe String(cString: prompter_product_library())
  }
}
