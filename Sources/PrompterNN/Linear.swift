// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterKernels

/// y = x Wᵀ + b: a ``LinearMap`` and a bias.
public struct Linear: Sendable {
  /// b [outputs].
  public let bias: Parameter

  let map: LinearMap

  /// A layer from its weight [outputs, inputs] and bias [outputs].
  ///
  /// The precision is that of products; see ``LinearMap/init(weight:precision:)``.
  public init(weight: Parameter, bias: Parameter, precision: Precision = .float32) {
    self.init(LinearMap(weight: weight, precision: precision), bias: bias)
  }

  /// A layer from its linear map and bias [outputs].
  public init(_ map: LinearMap, bias: Parameter) {
    self.bias = bias
    self.map = map
  }

  /// W [outputs, inputs].
  public var weight: Parameter { map.weight }

  /// W and b.
  public var parameters: [Parameter] { map.parameters + [bias] }

  /// Whether products round their factors; see ``LinearMap/roundsFactors``.
  public var roundsFactors: Bool { map.roundsFactors }

  /// x Wᵀ + b for x [rows, inputs].
  public func callAsFunction(_ x: Variable, in pass: Pass) -> Variable {
    addBias(product(x, in: pass), pass(bias))
  }

  /// x Wᵀ alone, for an operation that takes the bias with it.
  public func product(_ x: Variable, in pass: Pass) -> Variable {
    map(x, in: pass)
  }
}
