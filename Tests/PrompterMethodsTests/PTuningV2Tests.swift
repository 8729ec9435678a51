// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCore
import PrompterMethods
import PrompterNN
import PrompterTensor
import Testing

@Suite struct PTuningV2Tests {
  private let size = PTuningV2.Size(layerCount: 6, width: 384)

  @Test func `keys and values may have another width than hidden states`() throws {
    let size = PTuningV2.Size(layerCount: 3, width: 8, attentionWidth: 6)
    let method = PTuningV2(
      promptLength: 2, layers: 1..<3, size: size, reparameterization: .mlp(hidden: 4), seed: 1)
    let state = method.makeState(in: .inference())
    let block = try #require(state.layers[2]?.blocks[0])
    #expect(block.keys.shape == [2, 6] && block.values.shape == [2, 6])
    let deep = try #require(method.folded().deep)
    #expect(deep.table.shape == [2, 36])
    let served = PromptTables<Tensor>(
      [method.folded()], layerCount: 3, width: 8, attentionWidth: 6)
    let own = try #require(served.layers[2]?.blocks[0])
    let values = columns(own.columns.values..<own.columns.values + 6, of: Variable(own.values))
    #expect(values.value.values == block.values.value.values)
    #expect(PTuningV2(deep, size: size).parameters[0].value.shape == [2, 24])
  }

  @Test func `20 virtual tokens of MiniLM are 92,160 parameters`() {
    #expect(PTuningV2(promptLength: 20, size: size, seed: 1).parameterCount == 20 * 6 * 2 * 384)
    #expect(PTuningV2(promptLength: 20, size: size, seed: 1).parameterCount == 92_160)
    let last = PTuningV2(promptLength: 20, layers: 4..<6, size: size, seed: 1)
    #expect(last.parameterCount == 30_720)
  }

  @Test func `a perceptron counts with its embedding, weights and biases`() {
    let size = PTuningV2.Size(layerCount: 2, width: 4)
    let method = PTuningV2(
      promptLength: 3, size: size, reparameterization: .mlp(hidden: 5), seed: 1)
    #expect(
      method.parameters.map(\.name)
        == ["embedding", "mlp.0.weight", "mlp.0.bias", "mlp.2.weight", "mlp.2.bias"])
    #expect(method.parameters.map(\.value.shape) == [[3, 4], [5, 4], [5], [16, 5], [16]])
    #expect(method.parameterCount == 12 + 25 + 96)
    #expect(!method.parameters.map(\.isTrained).contains(false))
  }

  @Test func `starting values come from the seed, spread as documented`() {
    func start(_ seed: UInt64) -> [Float] {
      PTuningV2(promptLength: 20, size: size, seed: seed).parameters[0].value.values
    }
    let values = start(1)
    #expect(values == start(1))
    #expect(values != start(2))
    let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
    let deviation = (values.reduce(0.0) { $0 + Double($1 * $1) } / Double(values.count))
      .squareRoot()
    #expect(abs(mean) < 1e-3)
    #expect(abs(deviation - 0.02) < 1e-3)
  }

  @Test func `only prompted layers get keys and values, each its own columns`() throws {
    let size = PTuningV2.Size(layerCount: 4, width: 2)
    let method = PTuningV2(promptLength: 3, layers: 1..<3, size: size, seed: 1)
    let state = method.makeState(in: .inference())
    #expect(state.layers.map { $0?.blocks.map { $0?.length } } == [nil, [3], [3], nil])
    #expect(state.firstPositions == [3])
    #expect(state.input.map(\.table.offsets) == nil)
    let table = method.parameters[0].value.values
    for (index, variable) in state.tables.enumerated() {
      let expected = [0, 1, 8, 9, 16, 17].map { table[$0 + 2 * index] }
      #expect(variable.value.values == expected)
    }
  }

  @Test func `each key and value's gradient reaches its place in the table`() throws {
    let size = PTuningV2.Size(layerCount: 2, width: 1)
    let method = PTuningV2(promptLength: 1, size: size, seed: 1)
    let pass = Pass.training(seed: 1, step: 0)
    let state = method.makeState(in: pass)
    for (index, variable) in state.tables.enumerated() {
      variable.accumulate(Tensor([Float(index + 1)], shape: [1, 1]))
    }
    try #require(pass.tape).playBackwards()
    #expect(pass.gradient(of: method.parameters[0])?.values == [1, 2, 3, 4])
  }

  @Test func `texts may count from 0, and still do when training goes on`() throws {
    let method = PTuningV2(promptLength: 3, size: size, shiftsPositions: false, seed: 1)
    #expect(method.makeState(in: .inference()).firstPositions == [0])
    let deep = try #require(method.folded().deep)
    #expect(!deep.shiftsPositions && method.folded().occupiedPositions == 0)
    #expect(!PTuningV2(deep, size: size).shiftsPositions)
    #expect(PTuningV2(promptLength: 3, size: size, seed: 1).folded().occupiedPositions == 3)
  }

  @Test func `prompt dropout goes with the state`() {
    let method = PTuningV2(promptLength: 1, size: size, dropout: 0.25, seed: 1)
    #expect(method.makeState(in: .inference()).dropout == 0.25)
    #expect(PTuningV2(promptLength: 1, size: size, seed: 1).dropout == 0.1)
  }

  @Test func `folding puts a range of layers where it belongs`() throws {
    let size = PTuningV2.Size(layerCount: 3, width: 1)
    let method = PTuningV2(promptLength: 2, layers: 1..<2, size: size, seed: 1)
    let deep = try #require(method.folded().deep)
    let table = method.parameters[0].value.values
    #expect(deep.layers == 1..<2)
    #expect(deep.table.shape == [2, 6])
    #expect(deep.table.values == [0, 0, table[0], table[1], 0, 0, 0, 0, table[2], table[3], 0, 0])
  }
}
