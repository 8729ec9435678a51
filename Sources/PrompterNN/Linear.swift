// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
internal import PrompterKernels
internal import PrompterTensor

/// y = x Wᵀ + b.
///
/// A frozen weight is packed once; a trained one is multiplied as it is.
public struct Linear: Sendable {
  /// W [outputs, inputs].
  public let weight: Parameter

  /// b [outputs].
  public let bias: Parameter

  private let packed: PackedMatrix?

  /// A layer from its weight [outputs, inputs] and bias [outputs].
  public init(weight: Parameter, bias: Parameter) {
    self.weight = weight
    self.bias = bias
    let shape = weight.value.shape
    packed =
      weight.isTrained
      ? nil : PackedMatrix(weight.value.buffer, outputs: shape[0], inputs: shape[1])
  }

  /// W and b.
  public var parameters: [Parameter] { [weight, bias] }

  /// x Wᵀ + b for x [rows, inputs].
  public func callAsFunction(_ x: Variable, in pass: Pass) -> Variable {
    addBias(product(x, in: pass), pass(bias))
  }

  /// x Wᵀ alone, for an operation that takes the bias with it.
  public func product(_ x: Variable, in pass: Pass) -> Variable {
    if let packed { return PrompterAutodiff.product(x, packed) }
    return PrompterAutodiff.product(x, pass(weight))
  }
}
