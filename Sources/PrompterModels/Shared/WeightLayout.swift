// SPDX-License-Identifier: Apache-2.0

internal import PrompterCheckpoint
internal import PrompterTensor

/// The tensors that a model of some shape needs, so that a file's headers tell whether it has them
/// before anything is read or any memory asked for.
struct WeightLayout {
  /// Weights under the family's own names.
  let weights: Weights
  private(set) var names: Set<String> = []

  init(_ weights: Weights) {
    self.weights = weights
  }

  /// A tensor that there must be.
  mutating func expect(_ name: String, _ shape: Shape) throws {
    try weights.checkTensor(name, shape: shape)
    names.insert(name)
  }

  /// A linear layer's weight and bias.
  mutating func expectLinear(_ name: String, outputs: Int, inputs: Int) throws {
    try expectMap(name, [outputs, inputs], hasBias: true)
  }

  /// A linear map's weight [outputs, inputs] and, if it has one, its bias.
  mutating func expectMap(_ name: String, _ shape: Shape, hasBias: Bool) throws {
    try expect(name + ".weight", shape)
    if hasBias { try expect(name + ".bias", [shape[0]]) }
  }

  /// A layer norm's gain and, if it has one, its offset.
  mutating func expectNorm(_ name: String, width: Int, hasOffset: Bool = true) throws {
    try expect(name + ".weight", [width])
    if hasOffset { try expect(name + ".bias", [width]) }
  }

  /// The tensors that are neither needed nor known to be of no use.
  var unknownNames: [String] {
    weights.names.filter { !names.contains($0) && !CheckpointNames.ignored.contains($0) }
  }
}
