// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterCheckpoint
import PrompterCore
import PrompterToySupport
import Testing

@Suite struct PromptCompatibilityTests {
  private let model: PretrainedModel

  init() throws {
    model = try PretrainedModel(contentsOf: PromptBench.fixture("model"), precision: .float32)
  }

  private func prompt(_ change: (inout PromptCard) -> Void = { _ in }) throws -> Prompt {
    var prompt = try Prompt(contentsOf: PromptBench.fixture("peft-prefix"))
    prompt.card.backbone = try model.identity()
    prompt.card.maximumLength = 59
    prompt.card.plan = TrainingPlan()
    change(&prompt.card)
    return prompt
  }

  @Test func `the model itself and a model like it will do`() throws {
    let identity = try model.identity()
    #expect(identity.heads == 4)
    try prompt().check(against: model, identity: identity)
    try prompt { $0.backbone.sha256 = nil }.check(against: model, identity: identity)
    try prompt { $0.backbone.sha256 = "0" }.check(against: model)
    try Prompt(contentsOf: PromptBench.fixture("peft-prefix")).check(against: model)
  }

  @Test func `other weights are refused with both names`() throws {
    let other = try prompt {
      $0.backbone.name = "large"
      $0.backbone.sha256 = "0123456789abcdef"
    }
    let identity = try model.identity()
    expect("the weights of large (SHA-256 0123456789ab…); those of model are others") {
      try other.check(against: model, identity: identity)
    }
  }

  @Test func `another shape or family is refused with both`() throws {
    let changes: [(inout PromptCard.BackboneIdentity) -> Void] = [
      { $0.layers = 12 }, { $0.width = 768 }, { $0.heads = 8 }, { $0.family = "roberta" },
    ]
    for change in changes {
      let other = try prompt { change(&$0.backbone) }
      expect("model (bert, 3 layers of width 32, 4 heads) does not fit.") {
        try other.check(against: model)
      }
    }
  }

  @Test func `texts must have room beside the prompt`() throws {
    let long = try prompt { $0.maximumLength = 60 }
    expect("model has 64 positions, too few for a prompt of 5 virtual tokens") {
      try long.check(against: model)
    }
    #expect(long.maximumLength(on: model.backbone) == 59)
    #expect(try prompt { $0.maximumLength = 7 }.maximumLength(on: model.backbone) == 7)
  }

  @Test func `a head that reads the pooler needs one`() throws {
    let bench = try PromptBench()
    let folder = bench.prompt
    try FileManager.default.copyItem(at: PromptBench.fixture("model"), to: folder)
    let weights = try SafetensorsFile(
      contentsOf: PromptBench.fixture("model").appending(component: "model.safetensors"))
    let rest = try weights.names.filter { !$0.contains("pooler") }
      .reduce(into: [:]) { $0[$1] = try weights.tensor($1) }
    try SafetensorsFile.write(
      rest, metadata: [:], to: folder.appending(component: "model.safetensors"))
    let headless = try PretrainedModel(contentsOf: folder, precision: .float32)
    let prompt = try prompt { $0.maximumLength = 59 }
    expect("prompt has no pooler weights") { try prompt.check(against: headless) }
  }
}
