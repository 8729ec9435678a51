// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// Two frozen weights with an activation between them: y = activation(x Wᵢᵀ + b) Wₒᵀ.
///
/// A few rows at a time go through both products, so that what stands between, four times as wide
/// as either end as a rule, is never kept and hardly ever leaves the cache.
public struct PerceptronKernel: Sendable {
  /// Wᵢ [hidden, inputs].
  public let inner: PackedMatrix
  /// b [hidden], or none.
  public let bias: Buffer?
  /// What is done to each value between the two.
  public let activation: Activation
  /// Wₒ [outputs, hidden].
  public let outer: PackedMatrix

  /// A perceptron from its weights, its bias and its activation.
  public init(inner: PackedMatrix, bias: Buffer?, activation: Activation, outer: PackedMatrix) {
    precondition(
      outer.inputs == inner.outputs && bias?.count ?? inner.outputs == inner.outputs,
      "A perceptron's weights and bias must have the same hidden width.")
    self.inner = inner
    self.bias = bias
    self.activation = activation
    self.outer = outer
  }

  /// y [rows, outputs] for x [rows, inputs], and the derivatives between into `slopes` if given.
  ///
  /// - Complexity: 2 rows hidden (inputs + outputs) FLOPs.
  public func multiply(_ x: Buffer, rows: Int, into y: Buffer, slopes: ActivationSlopes?) {
    inner.check(x, rows, inner.inputs)
    outer.check(y, rows, outer.outputs)
    slopes?.check(rows: rows, columns: inner.outputs, of: activation)
    let status = unsafe withParts(slopes?.format ?? .short) {
      unsafe prompter_perceptron_multiply($0, x.base, rows, y.base, slopes?.buffer.base)
    }
    precondition(status == 0, "A perceptron of \(rows) rows failed.")
  }

  /// dx [rows, inputs] = (dy Wₒ · slopes) Wᵢ for dy [rows, outputs]: the pullback.
  ///
  /// - Complexity: 2 rows hidden (inputs + outputs) FLOPs.
  public func pullback(_ dy: Buffer, rows: Int, slopes: ActivationSlopes, into dx: Buffer) {
    outer.check(dy, rows, outer.outputs)
    inner.check(dx, rows, inner.inputs)
    slopes.check(rows: rows, columns: inner.outputs, of: activation)
    let status = unsafe withParts(slopes.format) {
      unsafe prompter_perceptron_pullback($0, dy.base, rows, slopes.buffer.base, dx.base)
    }
    precondition(status == 0, "A perceptron's pullback of \(rows) rows failed.")
  }

  private func withParts(
    _ format: ActivationSlopes.Format, _ body: (UnsafePointer<prompter_perceptron>) -> Int32
  ) -> Int32 {
    var parts = unsafe prompter_perceptron(
      inner: inner.matrix, outer: outer.matrix, inputs: inner.inputs, hidden: inner.outputs,
      outputs: outer.outputs, bias: bias?.base, kind: activation.kind, format: format.kept,
      is_gated: 0)
    return unsafe withUnsafePointer(to: &parts, body)
  }
}
