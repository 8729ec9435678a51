// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCore
import PrompterMethods
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

@testable import PrompterPrompts

@Suite struct MethodSettingsTests {
  @Test func `a method's options keep the words that states of older versions have`() throws {
    let random = try Toy.methods()
    for (name, words) in [
      ("plain", "length 6, layers all, reparameterization none, dropout 0.0"),
      ("dropping", "length 6, layers all, reparameterization none, dropout 0.2"),
      ("mlp", "length 6, layers all, reparameterization mlp(hidden: 16), dropout 0.0"),
      (
        "layers",
        "length 6, layers 1..<3, reparameterization none, dropout 0.0, positions from 0"
      ),
      ("random:code", "length 5, start random:code"), ("text", "length 5, start text"),
      ("head-only", "none"), ("fine-tuning", "none"),
    ] {
      let method = try #require(random[name])
      #expect(method.name.words(of: method.record) == words)
    }
    let decoder = PTuningV2.Settings(promptLength: 2, dropout: 0, stack: .decoder)
    #expect(PTuningV2.Settings.words(of: decoder.record).hasSuffix(", in the decoder"))
    let placed = PromptTuning.Settings(
      promptLength: 2, initialization: .random, placement: .beforeEnd, decoderLength: 3)
    #expect(
      PromptTuning.Settings.words(of: placed.record)
        == "length 2, start random, placement \(PromptPlacement.beforeEnd.rawValue), "
        + "3 in the decoder")
  }

  @Test func `a run of an older version goes on as it began`() {
    let upper = PTuningV2.Settings(promptLength: 6, layers: 1..<3)
    let words = PTuningV2.Settings.words(of: upper.record)
    #expect(upper.occupiedPositions == 0 && upper.continuing(words).occupiedPositions == 0)
    let old = upper.continuing("length 6, layers 1..<3, reparameterization none, dropout 0.1")
    #expect(old.occupiedPositions == 6)
    #expect(old.record["first_position"] == nil)
    #expect(
      PTuningV2.Settings.words(of: old.record) == words.replacing(", positions from 0", with: ""))
    // What stands in the first layer pushes the text back as before.
    let lower = PTuningV2.Settings(promptLength: 6, layers: 0..<2)
    #expect(lower.occupiedPositions == 6 && lower.record["first_position"] == nil)
  }

  @Test func `settings are the same after they were stored`() throws {
    for (name, method) in try Toy.methods() {
      let data = try JSONEncoder().encode(method.record)
      #expect(
        try JSONDecoder().decode(SettingsRecord.self, from: data) == method.record, "\(name)")
    }
  }

  @Test func `another start has another hash`() throws {
    func hash(_ start: PromptInitialization) -> String? {
      PromptTuning.Settings(promptLength: 3, initialization: start).record.string("start_sha256")
    }
    #expect(hash(.random) == nil)
    #expect(hash(.text([1, 2])) == hash(.text([1, 2])))
    #expect(hash(.text([1, 2])) != hash(.text([1, 3])))
    #expect(
      hash(.labels([[1], [2]], candidates: [3])) != hash(.labels([[1, 2]], candidates: [3])))
    var values = SeededRandom(seed: 1)
    let (first, second) = (values.tensor([2, 4]), values.tensor([2, 4]))
    #expect(hash(.prompt(first)) != hash(.prompt(second)))
    func deep(_ table: Tensor) -> String? {
      let folded = FoldedPrompt(deep: FoldedPrompt.Deep(table: table, layers: 0..<1))
      return PTuningV2.Settings(start: folded).record.string("start_sha256")
    }
    #expect(deep(first) != deep(second))
    #expect(PTuningV2.Settings().record.string("start_sha256") == nil)
  }

  @Test func `a card with impossible options is put in words without a trap`() {
    let lists: [[SettingsRecord.Value]] = [
      [], [.integer(1)], [.integer(.min), .integer(3)], [.number(1e300), .string("a")],
    ]
    for settings in Methods.all {
      for layers in lists {
        let record = SettingsRecord(["layers": .list(layers), "dropout": .string("much")])
        #expect(!settings.words(of: record).isEmpty)
      }
    }
  }

  @Test func `the values that a method trains are counted by arithmetic`() throws {
    let (bert, t5) = (try Toy.model().backbone, try ToyTexts.model().backbone)
    let methods = try Toy.methods().map { ($0.key, $0.value, bert) }
    let writing = try ToyTexts.methods().map { ($0.key, $0.value, t5) }
    for (name, settings, backbone) in methods + writing where !settings.trainsBackbone {
      let made = settings.make(for: backbone, seed: 1)
      let count = settings.parameterCount(for: BackboneShape(backbone))
      #expect(count == made.parameterCount, "\(name)")
    }
    let shape = BackboneShape(bert)
    #expect(FineTuning().parameterCount(for: shape) == bert.parameterCount)
    let first = try #require(try Toy.methods()["layers"]).make(for: bert, seed: 1).folded()
    #expect(PTuningV2.Settings(start: first).parameterCount(for: shape) == 6 * 2 * 2 * 32)
  }

  @Test func `each method has a name of its own, and the first is the usual one`() {
    #expect(
      MethodName.allCases.map(\.rawValue)
        == ["p-tuning-v2", "prompt-tuning", "head-only", "fine-tuning"])
    #expect(Methods.usual == .pTuningV2)
    for settings in Methods.all {
      #expect(settings.name.settings?.name == settings.name)
      #expect(settings.init().name == settings.name)
    }
    #expect(MethodName(rawValue: "none").settings == nil)
    #expect(MethodName.trainingBackbone == "fine-tuning")
  }
}
