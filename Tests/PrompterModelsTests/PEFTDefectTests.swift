// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterAutodiff
import PrompterCheckpoint
import PrompterCore
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

/// Adapters as PEFT saves them, where PEFT is right and where it is not.
@Suite struct PEFTDefectTests {
  private let backbone: PostNormEncoder

  init() throws { backbone = try TinyBERT.load() }

  private func expected(_ name: String) throws -> SafetensorsFile {
    try SafetensorsFile(
      contentsOf: TinyBERT.fixtures.appending(path: "\(name)/expected.safetensors"))
  }

  private func texts(_ file: SafetensorsFile) throws -> [Row] {
    func integers(_ name: String) throws -> [Int32] {
      try file.tensor("batch." + name).values.map { Int32($0) }
    }
    let (ids, segments) = (try integers("ids"), try integers("segments"))
    let offsets = try integers("offsets").map { Int($0) }
    return zip(offsets, offsets.dropFirst()).map {
      Row(ids: Array(ids[$0..<$1]), segments: Array(segments[$0..<$1]))
    }
  }

  // The head's logits for texts under prompts, the saved adapter's being the first of them.
  private func logits(
    of rows: [Row], _ prompts: [FoldedPrompt], head adapter: SafetensorsFile
  ) throws -> Tensor {
    let states = backbone.sequenceStates(
      of: Batch(rows), prompts: PromptState.folded(prompts), pooling: .pooler,
      dropout: 0, in: .inference())
    let name = "base_model.classifier."
    let head = Linear(
      weight: Parameter("weight", try adapter.tensor(name + "weight"), isTrained: false),
      bias: Parameter("bias", try adapter.tensor(name + "bias"), isTrained: false))
    return head(states, in: .inference()).value
  }

  private func adapter(_ name: String) throws -> SafetensorsFile {
    try SafetensorsFile(
      contentsOf: TinyBERT.fixtures.appending(path: "\(name)/adapter_model.safetensors"))
  }

  private func deepPrompt(_ adapter: SafetensorsFile) throws -> FoldedPrompt {
    FoldedPrompt(
      deep: FoldedPrompt.Deep(table: try adapter.tensor("prompt_embeddings"), layers: 0..<3))
  }

  @Test(arguments: ["peft-prefix", "peft-prefix-projection"])
  func `a prefix that PEFT saved gives PEFT's logits`(name: String) throws {
    let (adapter, expected) = (try adapter(name), try expected(name))
    let found = try logits(of: texts(expected), [deepPrompt(adapter)], head: adapter)
    try #expect(gap(found.values, expected.tensor("logits").values) < 1e-4)
  }

  @Test func `the true [CLS] is pooled under an input prompt, not virtual token 0`() throws {
    let (adapter, expected) = (try adapter("peft-prompt"), try expected("peft-prompt"))
    let prompt = FoldedPrompt(input: try adapter.tensor("prompt_embeddings"))
    let rows = try texts(expected).map { $0.under(prompt) }
    let found = try logits(of: rows, [prompt], head: adapter).values
    try #expect(gap(found, expected.tensor("logits.correct").values) < 1e-4)
    try #expect(gap(found, expected.tensor("logits.peft").values) > 1e-2)
  }

  @Test func `every row of a batch gets the prompt that it names`() throws {
    let adapters = try ["peft-prefix", "peft-prefix-projection"].map { try adapter($0) }
    let prompts = try adapters.map { try deepPrompt($0) }
    let texts = try texts(expected("peft-prefix"))
    let rows = texts.enumerated().map { index, row in
      Row(ids: row.ids, segments: row.segments, prompt: index % 2)
    }
    let mixed = try logits(of: rows, prompts, head: adapters[0]).rowValues
    for (index, row) in rows.enumerated() {
      let own = try logits(of: [texts[index]], [prompts[row.prompt]], head: adapters[0]).values
      let other = try logits(of: [texts[index]], [prompts[1 - row.prompt]], head: adapters[0])
      #expect(gap(mixed[index], own) <= 1e-6)
      #expect(gap(mixed[index], other.values) > 1e-6)
    }
  }
}
