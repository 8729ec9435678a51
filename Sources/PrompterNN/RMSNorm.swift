// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff

/// s / √(mean(s²) + ε) g, row by row: normalisation by the root mean square (Zhang and Sennrich
/// 2019), which subtracts no mean and adds no offset.
public struct RMSNorm: Sendable {
  /// g [width].
  public let gain: Parameter
  /// Added to the mean square.
  public let epsilon: Float

  /// A layer from its gain.
  public init(gain: Parameter, epsilon: Float) {
    self.gain = gain
    self.epsilon = epsilon
  }

  /// g.
  public var parameters: [Parameter] { [gain] }

  /// Adds to a residual stream what the layer before made of it, and normalises the sum.
  ///
  /// - Parameters:
  ///   - x: The stream [rows, width].
  ///   - added: What is added to it [rows, width], if anything.
  ///   - pass: The pass.
  /// - Returns: The sum, which the stream goes on with, and the normalised sum.
  public func callAsFunction(
    _ x: Variable, adding added: Variable? = nil, in pass: Pass
  ) -> (sum: Variable, normalized: Variable) {
    rmsNorm(x, adding: added, gain: pass(gain), epsilon: epsilon)
  }
}
