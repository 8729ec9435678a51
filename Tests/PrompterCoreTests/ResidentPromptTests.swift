// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCore
import PrompterTensor
import Testing

@Suite struct ResidentPromptTests {
  // Three layers of width 2; a table's values count up from 0.
  private func folded(length: Int, layers: Range<Int>) -> FoldedPrompt {
    let values = (0..<length * 12).map { Float($0) }
    return FoldedPrompt(
      deep: FoldedPrompt.Deep(table: Tensor(values, shape: [length, 12]), layers: layers))
  }

  private func tables(_ residents: [ResidentPrompt]) -> PromptTables<Tensor> {
    PromptTables(residents, layerCount: 3, width: 2)
  }

  @Test func `keys and values of all layers stay where they are`() throws {
    let prompt = folded(length: 4, layers: 0..<3)
    let resident = ResidentPrompt(prompt, attentionWidth: 2)
    let table = try #require(prompt.deep).table
    for (layer, own) in tables([resident]).layers.enumerated() {
      let block = try #require(own?.blocks[0])
      #expect(block.keys.buffer === table.buffer && block.values.buffer === table.buffer)
      #expect(block.columns == (4 * layer, 4 * layer + 2))
      #expect(block.length == 4)
    }
    #expect(resident.byteCount == 4 * 12 * 4)
  }

  @Test func `of a range of layers only their own keys and values are kept`() throws {
    let prompt = folded(length: 2, layers: 1..<2)
    let resident = ResidentPrompt(prompt, attentionWidth: 2)
    let layers = tables([resident]).layers
    #expect(layers[0]?.blocks.count == nil && layers[2]?.blocks.count == nil)
    let block = try #require(layers[1]?.blocks[0])
    #expect(block.keys.values == [4, 5, 6, 7, 16, 17, 18, 19])
    #expect(block.columns == (0, 2))
    #expect(resident.byteCount == 2 * 4 * 4)
  }

  @Test func `tables of residents share nothing that was copied but input vectors`() throws {
    var both = folded(length: 1, layers: 0..<3)
    both.input = Tensor([1, 2], shape: [1, 2])
    let (first, second) = (
      ResidentPrompt(both, attentionWidth: 2),
      ResidentPrompt(folded(length: 3, layers: 2..<3), attentionWidth: 2)
    )
    let (some, all) = (tables([second]), tables([first, second]))
    let lone = try #require(some.layers[2]?.blocks[0])
    let together = try #require(all.layers[2]?.blocks[1])
    #expect(lone.keys.buffer === together.keys.buffer)
    #expect(all.input?.table.offsets == [0, 1, 1])
    #expect(all.firstPositions == [1, 3] && first.byteCount == 4 * 14)
    #expect(some.input?.vectors.values == nil)
  }
}
