// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCore
import PrompterKernels
import PrompterNN
import PrompterTensor
import Testing

@Suite struct PromptStateTests {
  // Two layers of width 2; a table's values count up from `start`.
  private func deep(length: Int, layers: Range<Int>, from start: Int) -> FoldedPrompt {
    let values = (0..<length * 8).map { Float(start + $0) }
    return FoldedPrompt(
      deep: FoldedPrompt.Deep(table: Tensor(values, shape: [length, 8]), layers: layers))
  }

  private func input(length: Int, from start: Int) -> FoldedPrompt {
    FoldedPrompt(
      input: Tensor((0..<length * 2).map { Float(start + $0) }, shape: [length, 2]))
  }

  private func state(_ prompts: [FoldedPrompt]) -> PromptState {
    PromptTables<Tensor>(prompts, layerCount: 2, width: 2).map { Variable($0) }
  }

  @Test func `a state without prompts has nothing in any layer`() {
    let state = PromptState.none(layerCount: 3)
    #expect(state.count == 1 && state.layers.count == 3 && state.tables.isEmpty)
    #expect(state.firstPositions == [0])
    #expect(state.input.map(\.table.offsets) == nil)
  }

  private typealias Part = AttentionPrefix.Part

  // The keys, then the values, of a block.
  private func values(_ block: PromptState.Block?) -> [[Float]] {
    guard let block else { return [] }
    return [(block.keys, block.columns.keys), (block.values, block.columns.values)].map {
      columns($1..<$1 + 2, of: $0).value.values
    }
  }

  @Test func `deep prompts have blocks of their own in the layers that they have`() throws {
    let state = state([
      deep(length: 1, layers: 0..<2, from: 0), FoldedPrompt(),
      deep(length: 2, layers: 1..<2, from: 100),
    ])
    let (low, high) = (try #require(state.layers[0]), try #require(state.layers[1]))
    #expect(low.blocks.map { $0?.length } == [1, nil, nil])
    #expect(values(low.blocks[0]) == [[0, 1], [2, 3]])
    #expect(high.blocks.map { $0?.length } == [1, nil, 2])
    #expect(values(high.blocks[0]) == [[4, 5], [6, 7]])
    #expect(values(high.blocks[2]) == [[104, 105, 112, 113], [106, 107, 114, 115]])
    #expect(state.firstPositions == [1, 0, 2])
    #expect(state.count == 3)
  }

  @Test func `input prompts stand side by side`() throws {
    let state = state([input(length: 2, from: 0), FoldedPrompt(), input(length: 1, from: 10)])
    let input = try #require(state.input)
    #expect(input.table.offsets == [0, 2, 2, 3])
    #expect(input.vectors.value.values == [0, 1, 2, 3, 10, 11])
    #expect(state.layers.compactMap(\.self).isEmpty)
    #expect(state.firstPositions == [0, 0, 0])
  }

  @Test func `layers below all prompts are counted`() {
    #expect(PromptState.none(layerCount: 3).layersBelow == 3)
    #expect(state([deep(length: 1, layers: 1..<2, from: 0)]).layersBelow == 1)
    #expect(
      state([
        deep(length: 1, layers: 1..<2, from: 0), FoldedPrompt(),
        deep(length: 1, layers: 0..<1, from: 0),
      ]).layersBelow == 0)
    #expect(
      state([deep(length: 1, layers: 1..<2, from: 0), input(length: 1, from: 0)]).layersBelow == 0)
  }

  @Test func `slots find their row's prompt and positions`() {
    let state = state([
      input(length: 2, from: 0), deep(length: 3, layers: 0..<1, from: 0),
      input(length: 1, from: 10),
    ])
    let batch = Batch([
      Row(text: [2, 3], segments: [0, 1], virtualTokens: 1, prompt: 2),
      Row(text: [2, 5, 3], segments: [0, 0, 0], virtualTokens: 0, prompt: 1),
      Row(text: [2], segments: [0], virtualTokens: 2, prompt: 0),
    ])
    let slots = state.embeddingSlots(of: batch)
    #expect(slots.tokens == [-3, 2, 3, 2, 5, 3, -1, -2, 2])
    #expect(slots.positions == [0, 1, 2, 3, 4, 5, 0, 1, 2])
    #expect(slots.segments == [0, 0, 1, 0, 0, 0, 0, 0, 0])
  }

  @Test func `each row sees its own keys and values`() throws {
    let state = state([
      deep(length: 1, layers: 0..<2, from: 0), FoldedPrompt(),
      deep(length: 2, layers: 1..<2, from: 100),
    ])
    let batch = Batch(
      [2, 0, 1, 2].map { Row(ids: [2], segments: [0], prompt: $0) })
    let prompt = try #require(state.deepPrompt(layer: 1, for: batch, in: .inference()))
    #expect(
      prompt.parts
        == [
          Part(block: 0, rows: 0..<2), Part(block: 1, rows: 0..<1), nil,
          Part(block: 0, rows: 0..<2),
        ])
    #expect(prompt.lengths == [2, 1, 0, 2])
    let blocks = try #require(state.layers[1]).blocks
    let isTheirs = zip(prompt.blocks, [blocks[2], blocks[0]]).allSatisfy { seen, own in
      seen.keys.variable === own?.keys && seen.values.variable === own?.values
    }
    #expect(prompt.blocks.count == 2 && isTheirs)
  }

  @Test func `rows whose prompts have nothing in a layer see nothing there`() {
    let state = state([deep(length: 1, layers: 0..<2, from: 0), FoldedPrompt()])
    let batch = Batch([Row(ids: [2], segments: [0], prompt: 1)])
    #expect(state.deepPrompt(layer: 0, for: batch, in: .inference()).map(\.lengths) == nil)
  }

  @Test func `with dropout every row has a copy of its own`() throws {
    var state = state([
      deep(length: 1, layers: 1..<2, from: 1), FoldedPrompt(),
      deep(length: 2, layers: 1..<2, from: 100),
    ])
    state.dropout = 0.5
    let batch = Batch(
      [2, 0, 1, 2].map { Row(ids: [2], segments: [0], prompt: $0) })
    let pass = Pass.training(seed: 1, step: 0)
    let prompt = try #require(state.deepPrompt(layer: 1, for: batch, in: pass))
    #expect(
      prompt.parts
        == [
          Part(block: 0, rows: 0..<2), Part(block: 1, rows: 0..<1), nil,
          Part(block: 0, rows: 2..<4),
        ])
    let blocks = try #require(state.layers[1]).blocks
    for (copied, (own, copies)) in zip(prompt.blocks, [(blocks[2], 2), (blocks[0], 1)]) {
      let table = try #require(own).keys.value.values
      let found = copied.keys.variable.value.values
      let isDropped = zip(found, (0..<copies).flatMap { _ in table }).allSatisfy {
        $0 == 0 || $0 == 2 * $1
      }
      #expect(found.count == copies * table.count && isDropped)
    }
    #expect(state.deepPrompt(layer: 0, for: batch, in: pass).map(\.parts) == nil)
  }

  @Test func `mapping replaces every variable once, in order`() {
    var both = deep(length: 2, layers: 0..<2, from: 0)
    both.input = input(length: 1, from: 0).input
    var state = state([both])
    state.dropout = 0.25
    let tape = Tape()
    let mapped = state.map { tape.variable($0.value) }
    #expect(mapped.tables.count == 5)
    #expect(!mapped.tables.map(\.isRecorded).contains(false))
    #expect(mapped.tables.map(\.value.values) == state.tables.map(\.value.values))
    #expect(tape.recordCount == 0)
    #expect(mapped.dropout == 0.25 && mapped.firstPositions == state.firstPositions)
  }
}
