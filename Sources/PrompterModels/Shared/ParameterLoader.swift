// SPDX-License-Identifier: Apache-2.0

internal import PrompterCheckpoint
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor

/// Makes layers from the named weights of a scope.
struct ParameterLoader {
  let weights: Weights
  let isTrained: Bool
  // Of the products with weights.
  var precision = Precision.float32
  var path = ""
  // Weights that stand in for the file's, by their full names: those of a fine-tuned prompt.
  var replacements: [String: Tensor] = [:]

  subscript(scope: String) -> ParameterLoader {
    ParameterLoader(
      weights: weights[scope], isTrained: isTrained, precision: precision,
      path: path + scope + ".", replacements: replacements)
  }

  func parameter(_ name: String, _ shape: Shape) throws -> Parameter {
    Parameter(
      path + name, try tensor(name, shape, isShared: !isTrained), isTrained: isTrained)
  }

  // A small table, of which few rows are read at a time.
  func table(_ name: String, _ shape: Shape) throws -> Parameter {
    let table = try parameter(name, shape)
    try check(table.value, name)
    return table
  }

  // Frozen weights are used where they lie in their file.
  private func tensor(_ name: String, _ shape: Shape, isShared: Bool) throws -> Tensor {
    if let replacement = replacements[path + name], replacement.shape == shape {
      return replacement
    }
    let tensor = try weights.tensor(name, shape: shape, isShared: isShared)
    // Frozen matrices are looked at when they are first multiplied, for they are read then anyway.
    if shape.rank == 1 || isTrained { try check(tensor, name) }
    return tensor
  }

  private func check(_ tensor: Tensor, _ name: String) throws {
    guard !Kernels.isFinite(tensor.buffer) else { return }
    let parameter = Parameter(path + name, tensor, isTrained: false)
    guard let found = parameter.unusableWeight else { return }
    throw CheckpointError.notFinite(
      tensor: found.name, place: weights.place, index: found.index, found: found.value)
  }

  func linear(outputs: Int, inputs: Int) throws -> Linear {
    Linear(
      weight: try parameter("weight", [outputs, inputs]), bias: try parameter("bias", [outputs]),
      precision: precision)
  }

  // Several linear layers over the same input as one, so that one product serves them all.
  func joinedLinear(_ names: [String], outputs: Int, inputs: Int) throws -> Linear {
    Linear(
      try joinedMap(names, outputs: outputs, inputs: inputs),
      bias: try joined(names, "bias", [outputs]))
  }

  func linearMap(_ name: String, outputs: Int, inputs: Int) throws -> LinearMap {
    LinearMap(
      weight: try self[name].parameter("weight", [outputs, inputs]), precision: precision)
  }

  // Several linear maps of the same input as one.
  func joinedMap(_ names: [String], outputs: Int, inputs: Int) throws -> LinearMap {
    guard isTrained else {
      return LinearMap(
        joining: try names.map { try self[$0].parameter("weight", [outputs, inputs]) },
        precision: precision)
    }
    return LinearMap(
      weight: try joined(names, "weight", [outputs, inputs]), precision: precision)
  }

  // The parameters of one kind of several layers, one after another.
  private func joined(_ names: [String], _ kind: String, _ shape: Shape) throws -> Parameter {
    let pieces = try names.map { name in
      (name: "\(path)\(name).\(kind)", value: try self[name].tensor(kind, shape, isShared: true))
    }
    // Joining copies them, so that what the file has need not stay in memory.
    defer { for piece in pieces { piece.value.buffer.letGo() } }
    return Parameter(
      path + names.joined(separator: "+") + "." + kind, joining: pieces, isTrained: isTrained)
  }

  func rmsNorm(width: Int, epsilon: Float) throws -> RMSNorm {
    RMSNorm(gain: try parameter("weight", [width]), epsilon: epsilon)
  }

  func layerNorm(width: Int, epsilon: Float) throws -> LayerNorm {
    LayerNorm(
      gain: try parameter("weight", [width]), offset: try parameter("bias", [width]),
      epsilon: epsilon)
  }
}
