// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterKernels
internal import PrompterTensor

/// y = x Wᵀ: a linear layer without a bias.
///
/// A frozen weight is packed once; a trained one is multiplied as it is.
public struct LinearMap: Sendable {
  /// W [outputs, inputs] or, if frozen weights were joined, those that stand in it one below the
  /// other.
  public let parameters: [Parameter]

  let packed: PackedMatrix?

  /// A layer from its weight [outputs, inputs].
  ///
  /// The precision is that of a frozen weight's products; those of a trained one are float32.
  public init(weight: Parameter, precision: Precision = .float32) {
    parameters = [weight]
    packed = weight.isTrained ? nil : Self.packed([weight], precision)
  }

  /// Frozen weights of the same shape as one, so that a single product serves them all.
  public init(joining weights: [Parameter], precision: Precision = .float32) {
    precondition(!weights.contains(where: \.isTrained), "Only frozen weights are joined here.")
    parameters = weights
    packed = Self.packed(weights, precision)
  }

  private static func packed(_ weights: [Parameter], _ precision: Precision) -> PackedMatrix {
    let shape = weights[0].value.shape
    return PackedMatrix(
      joining: weights.map(\.value.buffer), outputs: weights.count * shape[0], inputs: shape[1],
      precision: precision)
  }

  /// W, where it is a single parameter.
  public var weight: Parameter {
    precondition(parameters.count == 1, "Several weights were joined.")
    return parameters[0]
  }

  /// Whether products round their factors, so that what is kept for them needs no more digits.
  public var roundsFactors: Bool { packed.map { $0.precision != .float32 } ?? false }

  /// x Wᵀ for x [rows, inputs].
  public func callAsFunction(_ x: Variable, in pass: Pass) -> Variable {
    if let packed { return product(x, packed) }
    return product(x, pass(weight))
  }
}
