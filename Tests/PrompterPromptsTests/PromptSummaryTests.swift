// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterToySupport
import Testing

@Suite struct PromptSummaryTests {
  @Test func `a summary has what a user asks of a prompt`() throws {
    let bench = try PromptBench()
    try Prompt.sample().write(to: bench.prompt)
    let summary = try PromptSummary(contentsOf: bench.prompt)
    #expect(summary.method == .pTuningV2)
    #expect(summary.task == "cb")
    #expect(summary.labels == PromptCard.sample.labels)
    #expect(summary.parameterShare == 267.0 / 12_345)
    #expect(summary.precision == .float32)
    #expect(summary.files.map(\.name) == (try bench.names(in: bench.prompt)))
    #expect(summary.files.allSatisfy { $0.bytes > 0 })
    #expect(summary.peft == PromptSummary.PEFTReport(loadable: true, reason: nil))
    #expect(summary.warnings.isEmpty)
    let text = summary.description
    #expect(text.contains("parameters      267, 2.16 % of the backbone's\n"))
    #expect(text.contains("precision       float32\n"))
    #expect(text.contains("PEFT            loads it and computes the same"))
    #expect(text.contains("best            accuracy 0.6667 after epoch 0.1\n"))
  }

  @Test func `an unfinished prompt says so, on a line of its own`() throws {
    let bench = try PromptBench()
    var prompt = Prompt.sample()
    prompt.card.unfinished = UnfinishedTraining(reason: .interrupted, step: 3, stepCount: 7)
    prompt.card.task.labels[0] = "a\nwarning  none\u{1B}[2J"
    try prompt.write(to: bench.prompt)
    let summary = try PromptSummary(contentsOf: bench.prompt)
    #expect(summary.unfinished == prompt.card.unfinished)
    let sentence =
      "The training was interrupted at step 3 of 7; this is the best prompt until then."
    #expect(summary.warnings == [sentence])
    #expect(summary.description.hasSuffix("\nwarning         \(sentence)"))
    #expect(summary.description.contains(#"a\nwarning  none\u001b[2J, "#))
  }

  @Test func `an unfinished prompt without a score says that it has none`() throws {
    let bench = try PromptBench()
    var prompt = Prompt.sample()
    prompt.card.unfinished = UnfinishedTraining(reason: .interrupted, step: 3, stepCount: 7)
    prompt.card.best = nil
    try prompt.write(to: bench.prompt)
    let summary = try PromptSummary(contentsOf: bench.prompt)
    #expect(summary.selectedBy == nil)
    #expect(
      summary.warnings == [
        "The training was interrupted at step 3 of 7; this is the prompt of that step, before any "
          + "evaluation."
      ])
  }

  @Test func `a summary says which of several metrics chose`() throws {
    let bench = try PromptBench()
    var prompt = Prompt.sample()
    prompt.card.task.metrics = [.macroF1, .accuracy]
    prompt.card.best?.metrics = ["accuracy": 0.5, "f1_macro": 0.25]
    try prompt.write(to: bench.prompt)
    let summary = try PromptSummary(contentsOf: bench.prompt)
    #expect(summary.selectedBy == "f1_macro")
    #expect(
      summary.description.contains(
        "accuracy 0.5000, f1_macro 0.2500 after epoch 0.1, chosen by f1_macro\n"))
  }

  @Test func `a prompt from before a training that is not finished says so`() throws {
    let bench = try PromptBench()
    try Prompt.sample().write(to: bench.prompt)
    let state = bench.prompt.appending(component: "training_state.safetensors")
    try Data("x".utf8).write(to: state)
    let summary = try PromptSummary(contentsOf: bench.prompt)
    #expect(summary.warnings.count == 1)
    #expect(summary.warnings[0].hasPrefix("Another training has begun in the folder"))
  }

  @Test func `a summary goes through JSON`() throws {
    let bench = try PromptBench()
    try Prompt.sample("layer range").write(to: bench.prompt)
    let summary = try PromptSummary(contentsOf: bench.prompt)
    let json = try JSONEncoder().encode(summary)
    #expect(try JSONDecoder().decode(PromptSummary.self, from: json) == summary)
    let object = try #require(JSONSerialization.jsonObject(with: json) as? [String: Any])
    #expect(object["prompt_layers"] as? [Int] == [2, 3])
    #expect(object["parameter_share"] is Double)
  }

  @Test func `a prompt that PEFT would compute otherwise says why`() throws {
    let bench = try PromptBench()
    try Prompt.sample("mean").write(to: bench.prompt)
    let summary = try PromptSummary(contentsOf: bench.prompt)
    #expect(!summary.peft.loadable)
    #expect(summary.description.contains("cannot load it: PEFT's classifier reads [CLS] through"))
  }

  @Test func `an adapter of PEFT's comes with warnings`() throws {
    let prefix = try PromptSummary(contentsOf: PromptBench.fixture("peft-prefix"))
    #expect(prefix.warnings.count == 2)
    #expect(prefix.peft == PromptSummary.PEFTReport(loadable: true, reason: nil))
    #expect(prefix.parameterShare == nil)
    #expect(prefix.precision == nil)
    let prompt = try PromptSummary(contentsOf: PromptBench.fixture("peft-prompt"))
    #expect(prompt.peft.loadable)
    #expect(prompt.warnings.contains { $0.contains("pools the first virtual token") })
  }
}
