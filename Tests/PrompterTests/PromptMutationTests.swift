// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterTestSupport
import Testing

/// Damaged folders either load or throw one sentence; nothing in them may end the process.
@Suite(.namesValues) struct PromptMutationTests {
  private func survive(_ bench: PromptBench, _ name: String) throws {
    let file = bench.prompt.appending(component: name)
    let original = try Data(contentsOf: file)
    try withEvery("seed", in: 0..<Mutations.count(60)) { seed in
      var mutations = Mutations(seed: seed)
      try Data(mutations.damaged(Array(original))).write(to: file)
      do {
        _ = try Prompt(contentsOf: bench.prompt)
      } catch {
        #expect("\(error)".hasSuffix("."), "\(error)")
      }
    }
    try original.write(to: file)
  }

  @Test(arguments: Prompt.sampleNames)
  func `damaged prompts never trap`(kind: String) throws {
    let bench = try PromptBench()
    try Prompt.sample(kind).write(to: bench.prompt)
    try bench.forgetHash()
    for name in try bench.names(in: bench.prompt) where name != "adapter_config.json" {
      try survive(bench, name)
    }
  }

  @Test(arguments: ["peft-prefix", "peft-prompt"])
  func `damaged adapters never trap`(fixture: String) throws {
    let bench = try PromptBench()
    try FileManager.default.copyItem(at: PromptBench.fixture(fixture), to: bench.prompt)
    for name in ["adapter_config.json", "adapter_model.safetensors"] {
      try survive(bench, name)
    }
  }

  @Test func `every truncation of a card is refused`() throws {
    let bench = try PromptBench()
    try Prompt.sample("head only").write(to: bench.prompt)
    let file = bench.prompt.appending(component: "prompter.json")
    let card = try Data(contentsOf: file)
    for length in stride(from: 0, to: card.count - 2, by: 7) {
      try card.prefix(length).write(to: file)
      expect("prompter.json is damaged or of another format") {
        try Prompt(contentsOf: bench.prompt)
      }
    }
  }
}
