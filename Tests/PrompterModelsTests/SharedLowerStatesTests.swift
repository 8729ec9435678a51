// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCore
import PrompterKernels
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

/// One text under many prompts: what lies below them is computed once, and nobody can tell.
@Suite struct SharedLowerStatesTests {
  // Two prompts that begin to count alike, one that does not, and none.
  private func prompts(layers: Int, width: Int) -> [FoldedPrompt] {
    func deep(length: Int, from first: Int, seed: UInt64) -> FoldedPrompt {
      var generator = SeededGenerator(seed: seed)
      let table = Tensor(
        normal: [length, layers * 2 * width], deviation: 1, using: &generator)
      return FoldedPrompt(deep: FoldedPrompt.Deep(table: table, layers: first..<layers))
    }
    return [
      deep(length: 4, from: 1, seed: 1), deep(length: 4, from: layers - 1, seed: 2),
      deep(length: 9, from: 1, seed: 3), FoldedPrompt(),
    ]
  }

  private func expectSameBits(
    _ backbone: any Backbone, _ texts: [Row], _ sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let prompts = prompts(layers: backbone.layerCount, width: backbone.attentionWidth)
    let rows = texts.flatMap { text in
      prompts.indices.map { Row(ids: text.ids, segments: text.segments, prompt: $0) }
    }
    let state = PromptTables(prompts, for: backbone).map { Variable($0) }
    func hidden(_ rows: [Row], above lower: LowerStates? = nil) -> [[Float]] {
      backbone.hiddenStates(
        of: Batch(rows), prompts: state, above: lower, reading: .all, dropout: 0,
        in: .inference()
      ).value.rowValues
    }
    #expect(state.layersBelow == 1, sourceLocation: sourceLocation)
    for layers in [1] {
      let lower = backbone.lowerStates(
        of: rows, prompts: state, through: layers, in: .inference())
      #expect(
        hidden(rows, above: lower) == rows.flatMap { hidden([$0]) },
        sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: Precision.allCases)
  func `a BERT gives each row the bits that it has alone`(precision: Precision) throws {
    expectSameBits(
      try TinyBERT.load(precision: precision), TinyBERT.texts(lengths: [7, 2, 12, 7]))
  }

  @Test(arguments: ["t5-1.0", "t5-1.1"], Precision.allCases)
  func `a T5 gives each row the bits that it has alone`(
    name: String, precision: Precision
  ) throws {
    let golden = try TinyT5(name, precision: precision)
    expectSameBits(golden.model, try golden.rows())
  }
}
