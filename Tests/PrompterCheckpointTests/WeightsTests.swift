// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterTensor
import Testing

@Suite struct WeightsTests {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  private static let tensors = [
    "bert.layer.0.weight": Tensor(repeating: 1, shape: [2, 3]),
    "bert.layer.0.bias": Tensor(repeating: 2, shape: [3]),
    "bert.layer.10.bias": Tensor(repeating: 3, shape: [4]),
    "head.bias": Tensor(repeating: 4, shape: [5]),
  ]

  private func write(_ names: [String], to file: String) throws {
    try SafetensorsFile.write(
      Self.tensors.filter { names.contains($0.key) }, metadata: [:],
      to: bench.folder.appending(path: file))
  }

  private func writeSharded(map: [String: String]? = nil) throws {
    try write(["bert.layer.0.weight", "head.bias"], to: "a.safetensors")
    try write(["bert.layer.0.bias", "bert.layer.10.bias"], to: "b.safetensors")
    let map =
      map ?? [
        "bert.layer.0.weight": "a.safetensors", "head.bias": "a.safetensors",
        "bert.layer.0.bias": "b.safetensors", "bert.layer.10.bias": "b.safetensors",
      ]
    let index = try JSONEncoder().encode(["weight_map": map])
    try bench.write(index, to: "model.safetensors.index.json")
  }

  private func refusal() -> String? {
    let error = #expect(throws: CheckpointError.self) { try Weights(contentsOf: bench.folder) }
    return error?.description.replacing(bench.path, with: "DIR/")
  }

  @Test func `a single file and shards read alike`() throws {
    try writeSharded()
    let sharded = try Weights(contentsOf: bench.folder)
    try write(Array(Self.tensors.keys), to: "model.safetensors")
    let single = try Weights(contentsOf: bench.folder)
    for weights in [sharded, single] {
      #expect(weights.names == Self.tensors.keys.sorted())
      #expect(weights.parameterCount == 18)
      for (name, tensor) in Self.tensors {
        #expect(try weights.tensor(name, shape: tensor.shape).values == tensor.values)
      }
    }
  }

  @Test func `scopes put their path before every name`() throws {
    try writeSharded()
    let weights = try Weights(contentsOf: bench.folder)
    let layer = weights["bert"]["layer.0"]
    #expect(layer.names == ["bias", "weight"])
    #expect(layer.contains("bias") && !layer.contains("bert") && !weights.contains("bert"))
    #expect(weights.containsScope("bert.layer.10") && !weights.containsScope("bert.layer.1"))
    #expect(!weights.containsScope("head.bias") && !weights.containsScope("zebra"))
    #expect(layer.parameterCount == 9)
    #expect(layer.shape(of: "weight") == [2, 3] && layer.shape(of: "w") == nil)
    #expect(try layer.tensor("bias", shape: [3]).values == [2, 2, 2])
  }

  @Test func `wrong shapes and missing names are refused with the full name`() throws {
    try writeSharded()
    let layer = try Weights(contentsOf: bench.folder)["bert.layer.0"]
    let shape = #expect(throws: CheckpointError.self) {
      try layer.tensor("weight", shape: [3, 2])
    }
    #expect(
      shape?.description == "`bert.layer.0.weight` in \(bench.path)a.safetensors has shape [2, 3]; "
        + "the configuration asks for [3, 2].")
    let missing = #expect(throws: CheckpointError.self) { try layer.tensor("gamma", shape: [3]) }
    #expect(missing?.description == "\(bench.path) has no tensor `bert.layer.0.gamma`.")
  }

  @Test func `the hash is that of the files in order of their names`() throws {
    try write(["head.bias"], to: "model.safetensors")
    let hash = try Weights(contentsOf: bench.folder).sha256()
    #expect(hash.count == 64)
    #expect(try Weights(contentsOf: bench.folder).sha256() == hash)
    try write(["bert.layer.0.bias"], to: "model.safetensors")
    #expect(try Weights(contentsOf: bench.folder).sha256() != hash)
  }

  @Test func `a folder without weights is refused`() {
    #expect(
      refusal() == "DIR/ has no model.safetensors and no pytorch_model.bin, whole or in shards.")
  }

  @Test func `an index that disagrees with its files is refused`() throws {
    try writeSharded(map: ["head.bias": "b.safetensors"])
    #expect(refusal()?.hasSuffix("`head.bias` should be in b.safetensors and is not.") == true)
    try writeSharded(map: ["head.bias": "../b.safetensors"])
    #expect(
      refusal()?.hasSuffix("`../b.safetensors` is not the name of a file beside it.") == true)
    try writeSharded(map: ["head.bias": "c.safetensors"])
    #expect(refusal() == "Cannot read DIR/c.safetensors: No such file or directory.")
  }

  @Test func `a tensor in two shards is refused`() throws {
    try writeSharded()
    try write(["head.bias", "bert.layer.0.bias", "bert.layer.10.bias"], to: "b.safetensors")
    #expect(refusal()?.hasSuffix("`head.bias` is also in a.safetensors.") == true)
  }

  @Test func `PyTorch's files are read, whole or in shards, where there is no safetensors`() throws
  {
    let sharded = try Weights(contentsOf: Workbench.fixture("pytorch/sharded"))
    #expect(sharded.names == ["layer.0.bias", "layer.0.weight", "layer.1.weight", "scalar"])
    #expect(sharded["layer"].parameterCount == 27)
    #expect(try sharded.tensor("scalar", shape: []).values == [7.5])
    try bench.write(Workbench.bytes(of: "pytorch/zip.bin"), to: "pytorch_model.bin")
    let whole = try Weights(contentsOf: bench.folder)
    #expect(whole.contains("shared.weight") && whole.shape(of: "transposed") == [4, 3])
    #expect(whole.elementType(of: "layer.1.bias") == .bfloat16)
    #expect(whole["layer.1"].elementType(of: "none") == nil)
    #expect(
      try Weights(file: bench.folder.appending(path: "pytorch_model.bin")).names == whole.names)
    try write(["head.bias"], to: "model.safetensors")
    #expect(try Weights(contentsOf: bench.folder).names == ["head.bias"])
  }
}
