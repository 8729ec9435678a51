// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterTestSupport
import PrompterToySupport
import Testing

/// Damaged folders either load or throw one sentence; nothing in them may end the process.
@Suite(.namesValues) struct PromptMutationTests {
  private static let tokens = [
    "\"format_version\":", "\"labels\":", "\"prompt_layers\":", "\"peft_type\":",
    "\"num_virtual_tokens\":", "\"task_type\":", "\"F32\"", "\"I64\"", "\"shape\":[",
  ]

  @Test(arguments: Prompt.sampleNames)
  func `damaged prompts never trap`(kind: String) throws {
    let bench = try PromptBench()
    try Prompt.sample(kind).write(to: bench.prompt)
    try bench.forgetHash()
    let folder = try DamagedFolder(
      DamagedFolder.files(of: bench.prompt), seed: kind.utf8.count, tokens: Self.tokens)
    try folder.survive(Mutations.count(150, part: 2)) {
      _ = try PromptSummary(contentsOf: $0)
      _ = try Prompt(contentsOf: $0)
    }
  }

  @Test(arguments: ["peft-prefix", "peft-prompt", "../text/peft-p-tuning", "../text/peft-prefix"])
  func `damaged adapters never trap`(fixture: String) throws {
    let files = try DamagedFolder.files(of: PromptBench.fixture(fixture))
      .filter { $0.key.hasPrefix("adapter") }
    let folder = try DamagedFolder(files, seed: fixture.utf8.count, tokens: Self.tokens)
    try folder.survive(Mutations.count(150, part: 2)) { _ = try Prompt(contentsOf: $0) }
  }

  @Test func `damaged states of a training are refused or gone on from`() throws {
    let bench = try PromptBench()
    let trainer = try Toy.trainer("plain", Toy.plan(.steps(2)))
    func train(_ folder: URL, until limit: Int) throws {
      var left = limit
      _ = try trainer.train(
        task: Toy.task, training: Toy.training, folder: folder, resuming: true,
        isInterrupted: {
          left -= 1
          return left <= 0
        })
    }
    try train(bench.folder, until: 1)
    let name = "training_state.safetensors"
    let state = Array(try Data(contentsOf: bench.folder.appending(component: name)))
    let folder = try DamagedFolder([name: state], seed: 5, tokens: Self.tokens)
    try folder.survive(Mutations.count(20, part: 40)) { try train($0, until: 1) }
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
