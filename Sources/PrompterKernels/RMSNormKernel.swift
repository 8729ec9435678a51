// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

extension Kernels {
  /// sum = x + added, then y = sum / √(mean of its squares + ε) · gain, row by row.
  ///
  /// Root mean square normalisation, Zhang and Sennrich 2019. `x`, `added`, `sum` and `y` are
  /// [rows, columns], `gain` is [columns]. Without `added` the sum is `x` itself and `sum` is not
  /// written. `inverseRoots` [rows] gets what the pullback needs besides the sum.
  public static func rmsNorm(
    _ x: Buffer, adding: (added: Buffer, sum: Buffer)?, gain: Buffer, epsilon: Float,
    into y: Buffer, inverseRoots: Buffer?
  ) {
    let rows = rows(of: x, columns: gain.count, "rmsNorm")
    expect(adding?.added, count: x.count, "rmsNorm")
    expect(adding?.sum, count: x.count, "rmsNorm")
    expect(y, count: x.count, "rmsNorm")
    expect(inverseRoots, count: rows, "rmsNorm")
    unsafe prompter_rms_norm(
      y.base, adding?.sum.base, inverseRoots?.base, x.base, adding?.added.base, gain.base,
      epsilon, rows, gain.count)
  }

  /// The pullback of `rmsNorm`: `further`, if given, plus the gradient of the sum through y.
  ///
  /// The gradient of the gain is added to its buffer, where given.
  public static func rmsNormPullback(
    _ dy: Buffer, adding further: Buffer?, sum: Buffer, inverseRoots: Buffer, gain: Buffer,
    into dsum: Buffer, addingGainTo dgain: Buffer?
  ) {
    let rows = rows(of: dy, columns: gain.count, "rmsNormPullback")
    expect(further, count: dy.count, "rmsNormPullback")
    expect(sum, count: dy.count, "rmsNormPullback")
    expect(inverseRoots, count: rows, "rmsNormPullback")
    expect(dsum, count: dy.count, "rmsNormPullback")
    expect(dgain, count: gain.count, "rmsNormPullback")
    unsafe prompter_rms_norm_backward(
      dsum.base, dgain?.base, dy.base, further?.base, sum.base, inverseRoots.base, gain.base,
      rows, gain.count)
  }
}
