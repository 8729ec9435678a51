// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
internal import PrompterKernels
internal import PrompterTensor

extension AttentionWeights {
  /// The weights of layers, if they are frozen and round their factors to bfloat16.
  ///
  /// - Parameters:
  ///   - heard: Keys and values or, without `queries`, queries, keys and values.
  ///   - queries: Queries alone.
  ///   - output: What the output is multiplied by; a bias is left to whoever comes after.
  public init?(heard: Linear, queries: Linear? = nil, output: LinearMap) {
    self.init(
      heard: (heard.linearMap, heard.bias), queries: queries.map { ($0.linearMap, $0.bias) },
      output: output)
  }

  /// The weights of maps without biases, if they are frozen and round their factors to bfloat16.
  public init?(heard: LinearMap, output: LinearMap) {
    self.init(heard: (heard, nil), queries: nil, output: output)
  }

  /// A linear map and its bias, if it has one.
  public typealias Layer = (map: LinearMap, bias: Parameter?)

  /// The weights of layers with a bias or without, if they are frozen and round their factors to
  /// bfloat16.
  ///
  /// - Parameters:
  ///   - heard: Keys and values or, without `queries`, queries, keys and values.
  ///   - queries: Queries alone.
  ///   - output: What the output is multiplied by; a bias is left to whoever comes after.
  public init?(heard: Layer, queries: Layer? = nil, output: LinearMap) {
    let layers = [heard] + (queries.map { [$0] } ?? [])
    let projections = layers.compactMap { layer -> Projections? in
      guard let weight = layer.map.packed, weight.precision == .bfloat16 else { return nil }
      return (weight, layer.bias?.value.buffer)
    }
    guard projections.count == layers.count, let output = output.packed else { return nil }
    self.init(
      heard: projections[0], queries: projections.count > 1 ? projections[1] : nil, output: output)
  }
}
