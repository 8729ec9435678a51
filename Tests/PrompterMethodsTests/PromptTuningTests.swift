// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCore
import PrompterMethods
import PrompterNN
import PrompterTensor
import Testing

@Suite struct PromptTuningTests {
  @Test func `20 virtual tokens of MiniLM are 7,680 parameters`() {
    let method = PromptTuning(Tensor(zeros: [20, 384]), layerCount: 6)
    #expect(method.parameterCount == 7_680)
    #expect(method.parameters.map(\.name) == ["input"])
  }

  @Test func `the state is the vectors at the input, text after them`() throws {
    let method = PromptTuning(Tensor([1, 2, 3, 4], shape: [2, 2]), layerCount: 3)
    let state = method.makeState(in: .inference())
    let input = try #require(state.input)
    #expect(input.vectors.value.values == [1, 2, 3, 4])
    #expect(input.table.offsets == [0, 2])
    #expect(state.layers.count == 3 && state.tables.count == 1)
    #expect(state.firstPositions == [0])
  }

  @Test func `a decoder may have vectors of its own`() throws {
    let method = PromptTuning(
      Tensor([1, 2], shape: [1, 2]), decoderVectors: Tensor([3, 4, 5, 6], shape: [2, 2]),
      layerCount: 1)
    #expect(method.parameters.map(\.name) == ["input", "decoder_input"])
    #expect(method.parameterCount == 6)
    let pass = Pass.training(seed: 1, step: 0)
    let state = method.makeState(in: pass)
    let input = try #require(state.decoderInput)
    #expect(input.vectors.value.values == [3, 4, 5, 6] && input.table.offsets == [0, 2])
    input.vectors.accumulate(Tensor([1, 2, 3, 4], shape: [2, 2]))
    let decoderVectors = try #require(method.decoderVectors)
    #expect(pass.gradient(of: decoderVectors)?.values == [1, 2, 3, 4])
    #expect(method.folded().decoderInput?.values == [3, 4, 5, 6])
    #expect(method.folded().decoderInputLength == 2 && method.folded().occupiedPositions == 1)
  }

  @Test func `a gradient of the state is the parameter's`() throws {
    let method = PromptTuning(Tensor([1, 2], shape: [1, 2]), layerCount: 1)
    let pass = Pass.training(seed: 1, step: 0)
    let state = method.makeState(in: pass)
    state.tables[0].accumulate(Tensor([5, 6], shape: [1, 2]))
    state.tables[0].accumulate(Tensor([1, 1], shape: [1, 2]))
    try #require(pass.tape).playBackwards()
    #expect(pass.gradient(of: method.vectors)?.values == [6, 7])
  }

  @Test func `folding gives the vectors in memory of their own`() throws {
    let method = PromptTuning(Tensor([1, 2], shape: [1, 2]), layerCount: 1)
    let input = try #require(method.folded().input)
    #expect(input.values == [1, 2])
    #expect(input.buffer !== method.vectors.value.buffer)
    #expect(method.folded().deepLength == 0)
  }

  @Test func `no prompt has no parameters and takes no positions`() {
    let method = NoPrompt(layerCount: 4)
    #expect(method.parameterCount == 0)
    #expect(method.folded().occupiedPositions == 0)
    let state = method.makeState(in: .inference())
    #expect(state.tables.isEmpty && state.layers.count == 4)
  }
}
