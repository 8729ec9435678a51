// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// A layer whose products with frozen weights notice values that are not finite.
public protocol FrozenWeights {
  /// Whether all values of frozen weights that products have read so far are finite.
  var isFinite: Bool { get }
  /// The weights.
  var parameters: [Parameter] { get }
}

/// A weight that holds a value that is not finite.
public struct UnusableWeight: Equatable, Sendable {
  /// The weight's name.
  public let name: String
  /// The value's place.
  public let index: Int
  /// The value.
  public let value: Float
}

extension FrozenWeights {
  /// The first weight with a value that is not finite, if products have met one.
  public var unusableWeight: UnusableWeight? {
    isFinite ? nil : parameters.lazy.compactMap(\.unusableWeight).first
  }
}

extension Parameter {
  /// The first value that is not finite, if there is one.
  ///
  /// - Complexity: O(values).
  public var unusableWeight: UnusableWeight? {
    guard !Kernels.isFinite(value.buffer) else { return nil }
    return value.buffer.withSpan { values in
      for index in 0..<values.count where !values[index].isFinite {
        return UnusableWeight(name: name, index: index, value: values[index])
      }
      return nil
    }
  }
}

extension LinearMap: FrozenWeights {
  /// Whether all values of a frozen weight that products have read so far are finite.
  public var isFinite: Bool { packed?.isFinite ?? true }
}
