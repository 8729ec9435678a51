// SPDX-License-Identifier: Apache-2.0

import PrompterCore
import PrompterTensor
import Testing

@Suite struct FoldedPromptTests {
  @Test func `a prompt takes positions for its input and for its layers`() {
    let input = Tensor(zeros: [3, 2])
    let deep = FoldedPrompt.Deep(table: Tensor(zeros: [5, 8]), layers: 0..<2)
    #expect(FoldedPrompt().occupiedPositions == 0)
    #expect(FoldedPrompt(input: input).occupiedPositions == 3)
    #expect(FoldedPrompt(deep: deep).occupiedPositions == 5)
    let both = FoldedPrompt(input: input, deep: deep)
    #expect(both.inputLength == 3 && both.deepLength == 5 && both.occupiedPositions == 8)
  }

  @Test func `a prompt whose text counts from 0 takes no positions for its layers`() {
    let deep = FoldedPrompt.Deep(
      table: Tensor(zeros: [5, 8]), layers: 0..<2, shiftsPositions: false)
    let both = FoldedPrompt(input: Tensor(zeros: [3, 2]), deep: deep)
    #expect(both.deepLength == 5 && both.occupiedPositions == 3)
    let tables = PromptTables<Tensor>([both, FoldedPrompt(deep: deep)], layerCount: 2, width: 2)
    #expect(tables.firstPositions == [0, 0])
  }
}
