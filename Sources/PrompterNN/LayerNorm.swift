// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff

/// normal(x) g + o, row by row: the layer normalisation of Ba and others 2016.
public struct LayerNorm: Sendable {
  /// g [width].
  public let gain: Parameter
  /// o [width]; nil where nothing is added.
  public let offset: Parameter?
  /// Added to the variance.
  public let epsilon: Float

  /// A layer from its gain and offset, if it has one.
  public init(gain: Parameter, offset: Parameter?, epsilon: Float) {
    self.gain = gain
    self.offset = offset
    self.epsilon = epsilon
  }

  /// g and o.
  public var parameters: [Parameter] { [gain] + (offset.map { [$0] } ?? []) }

  /// Normalises x + bias + residual, all [rows, width] but the bias [width].
  public func callAsFunction(
    _ x: Variable, bias: Parameter? = nil, residual: Variable? = nil, in pass: Pass
  ) -> Variable {
    guard let offset else {
      let biased = bias.map { addBias(x, pass($0)) } ?? x
      return self(biased, adding: residual, in: pass).normalized
    }
    return layerNorm(
      x, bias: bias.map { pass($0) }, residual: residual, gain: pass(gain), offset: pass(offset),
      epsilon: epsilon)
  }

  /// The sum x + added, which goes on beside its norm, and the norm; all [rows, width].
  public func callAsFunction(
    _ x: Variable, adding added: Variable?, in pass: Pass
  ) -> (sum: Variable, normalized: Variable) {
    layerNorm(
      x, adding: added, gain: pass(gain), offset: offset.map { pass($0) }, epsilon: epsilon)
  }
}
