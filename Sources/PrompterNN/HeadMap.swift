// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterKernels
internal import PrompterTensor

/// A frozen weight [heads × size, inputs] as a map of its own for each head of an attention.
///
/// With it an attention can hear states as they are: a query q of head h meets a key Wₕ s of a
/// state s as q · Wₕ s = (q Wₕ) · s, and hears Wₕ of the states' mean. Where states are many and
/// queries few, that takes fewer products than keys and values of all states.
public struct HeadMap: Sendable, FrozenWeights {
  /// The weight.
  public let parameters: [Parameter]
  private let weights: [PackedMatrix]

  /// The map of a frozen weight whose rows are those of one head after the other.
  public init(weight: Parameter, heads: Int, precision: Precision = .float32) {
    precondition(!weight.isTrained, "Only frozen weights are cut into heads.")
    let (rows, inputs) = (weight.value.shape[0], weight.value.shape[1])
    let count = rows / heads * inputs
    parameters = [weight]
    weights = (0..<heads).map {
      PackedMatrix(
        Buffer($0 * count..<($0 + 1) * count, of: weight.value.buffer), outputs: rows / heads,
        inputs: inputs, precision: precision)
    }
  }

  /// Whether all values of the weight that products have read so far are finite.
  public var isFinite: Bool { weights.allSatisfy(\.isFinite) }

  /// xₕ Wₕᵀ [tokens, heads × size] of x [tokens × heads, inputs].
  public func callAsFunction(_ x: Variable) -> Variable { headProduct(x, weights) }

  /// xₕ Wₕ [tokens × heads, inputs] of x [tokens, heads × size].
  public func transposed(_ x: Variable) -> Variable {
    headProduct(x, weights, transposed: true)
  }
}
