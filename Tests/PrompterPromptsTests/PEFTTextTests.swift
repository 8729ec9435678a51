// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
@testable import PrompterPrompts
import PrompterAutodiff
import PrompterCheckpoint
import PrompterCore
import PrompterNN
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

/// Prompts of PEFT's for text-to-text models, and ours for PEFT.
@Suite struct PEFTTextTests {
  static let names = ["peft-p-tuning", "peft-prefix", "peft-prompt"]

  private let golden: SafetensorsFile

  init() throws {
    golden = try SafetensorsFile(
      contentsOf: ToyTexts.fixtures.appending(component: "golden.safetensors"))
  }

  private func lists(_ name: String) throws -> [[Int32]] {
    let ids = try golden.tensor(name + ".ids").values.map { Int32($0) }
    let offsets = try golden.tensor(name + ".offsets").values.map { Int($0) }
    return zip(offsets, offsets.dropFirst()).map { Array(ids[$0..<$1]) }
  }

  // What the model with a prompt makes of the golden rows.
  private func logits(of prompt: Prompt) throws -> Tensor {
    let model = try #require(try ToyTexts.model().textWriter)
    let tables = PromptTables([prompt.folded], for: model).map { Variable($0) }
    let batch = Batch(
      try lists("text").map {
        Row(text: $0, segments: $0.map { _ in 0 }, virtualTokens: prompt.folded.inputLength)
      })
    let targets = TargetBatch(
      try lists("target").enumerated().map {
        model.targetRow($1, source: $0, prompt: 0, tables)
      })
    return model.logits(
      of: targets, after: batch, prompts: tables, dropout: 0,
      in: .inference()
    ).value
  }

  @Test(arguments: names)
  func `an adapter of PEFT's gives the logits that it gives there`(name: String) throws {
    let prompt = try Prompt(contentsOf: ToyTexts.fixtures.appending(component: name))
    #expect(prompt.card.task.kind == .textToText && prompt.card.backbone.family == "t5")
    try prompt.check(against: ToyTexts.model())
    expectClose(try logits(of: prompt), try golden.tensor(name + ".logits"), absolute: 1e-4)
  }

  @Test func `the layers of a decoder take the blocks that PEFT gives them`() {
    // One column a block: three layers have blocks 0 and 1, 4 and 5, and 2 and 3.
    let table = Tensor([0, 1, 2, 3, 4, 5], shape: [1, 6])
    #expect(PEFTAdapter.decoderTable(table, layers: 3).values == [0, 1, 4, 5, 2, 3])
    #expect(PEFTAdapter.decoderTable(table.rows(0..<1), layers: 1).values == [0, 1, 2, 3, 4, 5])
  }

  @Test func `a prompt is written with PEFT's names and keys`() throws {
    let bench = try PromptBench()
    let prompt = try #require(try ToyTexts.prompts.get().first { $0.name == "input" }).prompt
    #expect(prompt.peftObstacle == nil)
    try prompt.write(to: bench.prompt)
    func keys(_ folder: URL) throws -> [String: Any] {
      let data = try Data(contentsOf: folder.appending(component: "adapter_config.json"))
      return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
    let (ours, theirs) = (
      try keys(bench.prompt), try keys(ToyTexts.fixtures.appending(component: "peft-prompt"))
    )
    #expect(Set(ours.keys) == Set(theirs.keys))
    for key in [
      "peft_type", "task_type", "token_dim", "num_layers", "num_attention_heads",
      "num_transformer_submodules", "inference_mode",
    ] {
      #expect("\(ours[key] ?? "")" == "\(theirs[key] ?? "")", "\(key)")
    }
    let file = try SafetensorsFile(
      contentsOf: bench.prompt.appending(component: "adapter_model.safetensors"))
    #expect(file.names == ["prompt_embeddings"])
    let table = try file.tensor("prompt_embeddings")
    let vectors = try #require(prompt.allTensors.first)
    // Of an input prompt PEFT keeps as many rows again, for a decoder that does nothing with them.
    #expect(table.shape == [8, 32])
    expectSameBits(table.rows(0..<vectors.rows), vectors)
    let read = try Prompt(contentsOf: bench.prompt)
    expectSameBits(try #require(read.allTensors.first), vectors)
    #expect(read.card.task == prompt.card.task)
    // Without our card it is read as PEFT's.
    try FileManager.default.removeItem(at: bench.prompt.appending(component: "prompter.json"))
    let adapter = try Prompt(contentsOf: bench.prompt)
    expectSameBits(try #require(adapter.allTensors.first), vectors)
    try adapter.check(against: ToyTexts.model())
  }

  @Test(arguments: ["both", "decoder", "deep", "end", "fine-tuning", "upper", "upper decoder"])
  func `what PEFT has no place for is kept in a file of ours`(name: String) throws {
    let bench = try PromptBench()
    let prompt = try #require(try ToyTexts.prompts.get().first { $0.name == name }).prompt
    #expect(prompt.peftObstacle != nil)
    try prompt.write(to: bench.prompt)
    #expect(try bench.names(in: bench.prompt) == ["prompt.safetensors", "prompter.json"])
    let read = try Prompt(contentsOf: bench.prompt)
    #expect(read.card == prompt.card && read.folded.placement == prompt.folded.placement)
    for (first, second) in zip(read.allTensors, prompt.allTensors) {
      expectSameBits(first, second)
    }
    #expect(read.allTensors.count == prompt.allTensors.count)
  }
}
