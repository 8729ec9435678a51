// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterKernels
internal import PrompterTensor

/// y = x Wᵀ: a linear layer without a bias.
///
/// A frozen weight is packed once; a trained one is multiplied as it stands at each product.
public struct LinearMap: Sendable {
  /// W [outputs, inputs] or, if frozen weights were joined, those that stand in it one below the
  /// other.
  public let parameters: [Parameter]

  let packed: PackedMatrix?

  /// Whether products round their factors, so that what is kept for them needs no more digits.
  public let roundsFactors: Bool

  /// A layer from its weight [outputs, inputs].
  ///
  /// The precision is that of products; of a trained weight's it is `Precision.ofTrainedWeights`.
  public init(weight: Parameter, precision: Precision = .float32) {
    parameters = [weight]
    packed = weight.isTrained ? nil : Self.packed([weight], precision)
    roundsFactors = (weight.isTrained ? precision.ofTrainedWeights : precision) != .float32
  }

  /// Frozen weights of the same shape as one, so that a single product serves them all.
  public init(joining weights: [Parameter], precision: Precision = .float32) {
    precondition(!weights.contains(where: \.isTrained), "Only frozen weights are joined here.")
    parameters = weights
    packed = Self.packed(weights, precision)
    roundsFactors = precision != .float32
  }

  // The same map, its frozen weight packed in another order.
  init(_ map: LinearMap, packed: PackedMatrix) {
    (parameters, roundsFactors, self.packed) = (map.parameters, map.roundsFactors, packed)
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

  /// x Wᵀ for x [rows, inputs].
  public func callAsFunction(_ x: Variable, in pass: Pass) -> Variable {
    if let packed { return product(x, packed) }
    return product(x, pass(weight), roundsFactors: roundsFactors)
  }
}
