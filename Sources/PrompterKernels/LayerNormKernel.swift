// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

extension Kernels {
  /// y = normal(x + bias + residual) gain + offset, row by row.
  ///
  /// Layer normalisation, Ba and others 2016. `x`, `residual` and `y` are [rows, columns]; `bias`,
  /// `gain` and `offset` [columns]; epsilon is added to the variance. `saved` gets what the
  /// pullback needs: the normalised rows and the inverse standard deviations [rows].
  public static func layerNorm(
    _ x: Buffer, bias: Buffer?, residual: Buffer?, gain: Buffer, offset: Buffer, epsilon: Float,
    into y: Buffer, saved: (normalized: Buffer, inverseDeviations: Buffer)?
  ) {
    let rows = rows(of: x, columns: gain.count, "layerNorm")
    expect(bias, count: gain.count, "layerNorm")
    expect(offset, count: gain.count, "layerNorm")
    expect(residual, count: x.count, "layerNorm")
    expect(y, count: x.count, "layerNorm")
    expect(saved?.normalized, count: x.count, "layerNorm")
    expect(saved?.inverseDeviations, count: rows, "layerNorm")
    unsafe prompter_layer_norm(
      y.base, saved?.normalized.base, saved?.inverseDeviations.base, x.base, bias?.base,
      residual?.base, gain.base, offset.base, epsilon, rows, gain.count)
  }

  /// The pullback of `layerNorm`: the gradient of the sum that was normalised.
  ///
  /// Gradients of gain and offset are added to their buffers, where given.
  public static func layerNormPullback(
    _ dy: Buffer, saved: (normalized: Buffer, inverseDeviations: Buffer), gain: Buffer,
    into dx: Buffer, addingGainTo dgain: Buffer?, addingOffsetTo doffset: Buffer?
  ) {
    let rows = rows(of: dy, columns: gain.count, "layerNormPullback")
    expect(saved.normalized, count: dy.count, "layerNormPullback")
    expect(saved.inverseDeviations, count: rows, "layerNormPullback")
    expect(dx, count: dy.count, "layerNormPullback")
    expect(dgain, count: gain.count, "layerNormPullback")
    expect(doffset, count: gain.count, "layerNormPullback")
    unsafe prompter_layer_norm_backward(
      dx.base, dgain?.base, doffset?.base, dy.base, saved.normalized.base,
      saved.inverseDeviations.base, gain.base, rows, gain.count)
  }

  /// y = normal(s) gain + offset for s = x + added, or x itself, row by row.
  ///
  /// `x`, `added`, the sum and `y` are [rows, columns]; `gain` and `offset`, if any, [columns].
  /// `moments` [rows, 2] gets each row's mean and inverse deviation, if given.
  public static func layerNorm(
    _ x: Buffer, adding added: (term: Buffer, sum: Buffer)?, gain: Buffer, offset: Buffer?,
    epsilon: Float, into y: Buffer, moments: Buffer?
  ) {
    let rows = rows(of: x, columns: gain.count, "layerNorm")
    expect(added?.term, count: x.count, "layerNorm")
    expect(added?.sum, count: x.count, "layerNorm")
    expect(offset, count: gain.count, "layerNorm")
    expect(y, count: x.count, "layerNorm")
    expect(moments, count: 2 * rows, "layerNorm")
    unsafe prompter_layer_norm_of_sum(
      y.base, added?.sum.base, moments?.base, x.base, added?.term.base, gain.base, offset?.base,
      epsilon, rows, gain.count)
  }

  /// The pullback: the gradient of the sum, that of whoever else read it included.
  ///
  /// Gradients of gain and offset are added to their buffers, where given.
  public static func layerNormPullback(
    _ dy: Buffer, adding further: Buffer?, sum: Buffer, moments: Buffer, gain: Buffer,
    into dsum: Buffer, addingGainTo dgain: Buffer?, addingOffsetTo doffset: Buffer?
  ) {
    let rows = rows(of: dy, columns: gain.count, "layerNormPullback")
    expect(further, count: dy.count, "layerNormPullback")
    expect(sum, count: dy.count, "layerNormPullback")
    expect(moments, count: 2 * rows, "layerNormPullback")
    expect(dsum, count: dy.count, "layerNormPullback")
    expect(dgain, count: gain.count, "layerNormPullback")
    expect(doffset, count: gain.count, "layerNormPullback")
    unsafe prompter_layer_norm_of_sum_backward(
      dsum.base, dgain?.base, doffset?.base, dy.base, further?.base, sum.base, moments.base,
      gain.base, rows, gain.count)
  }
}
