// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCore
import PrompterMethods
import PrompterTensor
import PrompterTestSupport
import Testing

@testable import Prompter

@Suite struct MethodSettingsTests {
  @Test func `a method's options keep the words that states of older versions have`() throws {
    let random = try Toy.methods()
    for (name, words) in [
      ("plain", "length 6, layers all, reparameterization none, dropout 0.0"),
      ("dropping", "length 6, layers all, reparameterization none, dropout 0.2"),
      ("mlp", "length 6, layers all, reparameterization mlp(hidden: 16), dropout 0.0"),
      ("layers", "length 6, layers 1..<3, reparameterization none, dropout 0.0"),
      ("random:code", "length 5, start random:code"), ("text", "length 5, start text"),
      ("head-only", "none"), ("fine-tuning", "none"),
    ] {
      let method = try #require(random[name])
      #expect(method.settings.words(for: method.name) == words)
    }
    let decoder = MethodChoice.pTuningV2(promptLength: 2, dropout: 0, stack: .decoder)
    #expect(decoder.settings.words(for: .pTuningV2).hasSuffix(", in the decoder"))
    let placed = MethodChoice.promptTuning(
      promptLength: 2, initialization: .random, placement: .beforeEnd, decoderLength: 3)
    #expect(
      placed.settings.words(for: .promptTuning)
        == "length 2, start random, placement \(PromptPlacement.beforeEnd.rawValue), "
        + "3 in the decoder")
  }

  @Test func `settings are the same after they were stored`() throws {
    for (name, method) in try Toy.methods() {
      let data = try JSONEncoder().encode(method.settings)
      #expect(
        try JSONDecoder().decode(MethodSettings.self, from: data) == method.settings, "\(name)")
    }
  }

  @Test func `another start has another hash`() throws {
    func hash(_ start: PromptInitialization) -> String? {
      MethodChoice.promptTuning(promptLength: 3, initialization: start).settings.startSHA256
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
      return MethodChoice.pTuningV2(start: folded).settings.startSHA256
    }
    #expect(deep(first) != deep(second))
    #expect(MethodChoice.pTuningV2().settings.startSHA256 == nil)
  }

  @Test func `a card with impossible layers is put in words without a trap`() {
    var settings = MethodSettings()
    for layers in [[], [1], [Int.min, 3], [1, 2, 3]] {
      settings.layers = layers
      #expect(!settings.words(for: .pTuningV2).isEmpty)
    }
  }
}
