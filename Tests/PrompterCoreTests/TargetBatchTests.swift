// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCore
import PrompterTensor
import Testing

@Suite struct TargetBatchTests {
  @Test func `a target is read from the start token on, shifted by one`() {
    let row = TargetRow(target: [7, 8, 1], start: 0, virtualTokens: 2, source: 5, prompt: 3)
    #expect(row.ids == [-1, -2, 0, 7, 8] && row.source == 5 && row.prompt == 3)
    #expect(TargetRow(target: [1], start: 0, source: 0).ids == [0])
  }

  @Test func `rows stand one after another, and logits are for their tokens`() {
    let batch = TargetBatch(
      [
        TargetRow(target: [7, 1], start: 0, virtualTokens: 3, source: 1, prompt: 2),
        TargetRow(target: [9, 9, 1], start: 0, source: 1),
        TargetRow(target: [1], start: 0, virtualTokens: 1, source: 0, prompt: 1),
      ], numbers: [6, 9, 7])
    #expect(batch.count == 3 && batch.slotCount == 10)
    #expect(batch.ids == [-1, -2, -3, 0, 7, 0, 9, 9, -1, 0])
    #expect(batch.offsets == [0, 5, 8, 10])
    #expect(batch.sources == [1, 1, 0] && batch.prompts == [2, 0, 1])
    #expect(batch.numbers == [6, 9, 7])
    #expect(batch.textSlots == [3, 4, 5, 6, 7, 9])
    #expect(batch.textOffsets == [0, 2, 5, 6])
    #expect(Set(batch.slotKeys).count == 10)
  }

  @Test func `virtual tokens are those of the row's own decoder prompt`() {
    let prompts = [2, 0, 3].map { length in
      FoldedPrompt(
        input: Tensor(zeros: [1, 4]),
        decoderInput: length > 0 ? Tensor(zeros: [length, 4]) : nil)
    }
    let state = PromptTables<Tensor>(prompts, layerCount: 1, width: 4)
    #expect(state.decoderInput?.table.offsets == [0, 2, 2, 5])
    #expect(state.tables.count == 2)
    let batch = TargetBatch([
      TargetRow(ids: [-1, -2, -3, 0, 7], source: 0, prompt: 2),
      TargetRow(ids: [0], source: 0, prompt: 1),
      TargetRow(ids: [-1, -2, 0], source: 0, prompt: 0),
    ])
    let tokens = state.map { Variable($0) }.tokens(of: batch)
    #expect(tokens == [-3, -4, -5, 0, 7, 0, -1, -2, 0])
    let mapped = state.map { $0.values.count }
    #expect(mapped.tables == [12, 20])
    #expect(mapped.decoderInput?.vectors == 20)
  }
}
