// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

@Suite struct PromptConvertingTests {
  @Test func `vectors at the input become an array and start a prompt with the same bits`() throws {
    let bench = try PromptBench()
    let input = try #require(Prompt.sample("prompt tuning").folded.input)
    let file = bench.folder.appending(component: "encoder.prompt.prompt.prompt")
    try Prompt.sample("prompt tuning").writeArray(to: file)
    let start = try PromptInitialization.prompt(contentsOf: file, width: 8)
    guard case .prompt(let vectors) = start else {
      Issue.record("An array is no start: \(start)")
      return
    }
    #expect(vectors.shape == [5, 8])
    expectSameBits(vectors, input)
    #expect(try bench.names() == ["encoder.prompt.prompt.prompt"])
  }

  @Test func `an array is replaced only with leave`() throws {
    let bench = try PromptBench()
    let file = bench.folder.appending(component: "p.npy")
    try Data("mine".utf8).write(to: file)
    expect("p.npy is there already; pass --overwrite to replace it.") {
      try Prompt.sample("prompt tuning").writeArray(to: file)
    }
    #expect(try Data(contentsOf: file) == Data("mine".utf8))
    try Prompt.sample("prompt tuning").writeArray(to: file, overwriting: true)
    #expect(try NumPyFile(contentsOf: file).shape == [5, 8])
  }

  @Test(arguments: ["all layers", "head only", "fine-tuning"])
  func `no array is made of other prompts`(kind: String) throws {
    let bench = try PromptBench()
    expect("no vectors at the input") {
      try Prompt.sample(kind).writeArray(to: bench.folder.appending(component: "p.npy"))
    }
    #expect(try bench.names().isEmpty)
  }

  @Test func `an adapter of PEFT's is written again with a card`() throws {
    let bench = try PromptBench()
    let adapter = ToyTexts.fixtures.appending(component: "peft-prompt")
    let prompt = try Prompt(contentsOf: adapter)
    try prompt.writeAdapter(to: bench.prompt)
    #expect(
      try bench.names(in: bench.prompt) == [
        "adapter_config.json", "adapter_model.safetensors", "prompter.json",
      ])
    let read = try Prompt(contentsOf: bench.prompt)
    #expect(read.card == prompt.card)
    expectSameBits(try #require(read.folded.input), try #require(prompt.folded.input))
    expect("prompt is there already") { try prompt.writeAdapter(to: bench.prompt) }
    try prompt.writeAdapter(to: bench.prompt, overwriting: true)
  }

  @Test(arguments: Prompt.sampleNames.filter { $0 != "all layers" })
  func `what PEFT would compute otherwise is no adapter`(kind: String) throws {
    let bench = try PromptBench()
    let prompt = Prompt.sample(kind)
    let obstacle = try #require(prompt.peftObstacle)
    expect(obstacle) { try prompt.writeAdapter(to: bench.prompt) }
    #expect(try bench.names().isEmpty)
  }
}
