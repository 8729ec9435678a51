// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterKernels
internal import PrompterTensor

/// y = x Wᵀ: a linear layer without a bias.
///
/// A frozen weight is packed once; a trained one is multiplied as it is.
public struct LinearMap: Sendable {
  /// W [outputs, inputs].
  public let weight: Parameter

  private let packed: PackedMatrix?

  /// A layer from its weight [outputs, inputs].
  ///
  /// The precision is that of a frozen weight's products; those of a trained one are float32.
  public init(weight: Parameter, precision: Precision = .float32) {
    self.weight = weight
    let shape = weight.value.shape
    packed =
      weight.isTrained
      ? nil
      : PackedMatrix(
        weight.value.buffer, outputs: shape[0], inputs: shape[1], precision: precision)
  }

  /// W.
  public var parameters: [Parameter] { [weight] }

  /// x Wᵀ for x [rows, inputs].
  public func callAsFunction(_ x: Variable, in pass: Pass) -> Variable {
    if let packed { return product(x, packed) }
    return product(x, pass(weight))
  }
}
