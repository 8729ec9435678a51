// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff

/// normal(x) g + o, row by row: the layer normalisation of Ba and others 2016.
public struct LayerNorm: Sendable {
  /// g [width].
  public let gain: Parameter
  /// o [width].
  public let offset: Parameter
  /// Added to the variance.
  public let epsilon: Float

  /// A layer from its gain and offset.
  public init(gain: Parameter, offset: Parameter, epsilon: Float) {
    self.gain = gain
    self.offset = offset
    self.epsilon = epsilon
  }

  /// g and o.
  public var parameters: [Parameter] { [gain, offset] }

  /// Normalises x + bias + residual, all [rows, width] but the bias [width].
  public func callAsFunction(
    _ x: Variable, bias: Parameter? = nil, residual: Variable? = nil, in pass: Pass
  ) -> Variable {
    layerNorm(
      x, bias: bias.map { pass($0) }, residual: residual, gain: pass(gain), offset: pass(offset),
      epsilon: epsilon)
  }
}
