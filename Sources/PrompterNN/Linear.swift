// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterKernels

/// y = x Wᵀ + b: a ``LinearMap`` and a bias.
public struct Linear: Sendable {
  /// b [outputs].
  public let bias: Parameter

  /// x Wᵀ alone.
  public let linearMap: LinearMap

  /// A layer from its weight [outputs, inputs] and bias [outputs].
  ///
  /// The precision is that of products; see ``LinearMap/init(weight:precision:)``.
  public init(weight: Parameter, bias: Parameter, precision: Precision = .float32) {
    self.init(LinearMap(weight: weight, precision: precision), bias: bias)
  }

  /// A layer from its linear map and bias [outputs].
  public init(_ map: LinearMap, bias: Parameter) {
    self.bias = bias
    linearMap = map
  }

  /// W [outputs, inputs].
  public var weight: Parameter { linearMap.weight }

  /// W and b.
  public var parameters: [Parameter] { linearMap.parameters + [bias] }

  /// Those that training changes.
  public var trainedParameters: [Parameter] { parameters.filter(\.isTrained) }

  /// Whether products round their factors; see ``LinearMap/roundsFactors``.
  public var roundsFactors: Bool { linearMap.roundsFactors }

  /// x Wᵀ + b for x [rows, inputs].
  public func callAsFunction(_ x: Variable, in pass: Pass) -> Variable {
    addBias(product(x, in: pass), pass(bias))
  }

  /// x Wᵀ alone, for an operation that takes the bias with it.
  public func product(_ x: Variable, in pass: Pass) -> Variable {
    linearMap(x, in: pass)
  }
}
