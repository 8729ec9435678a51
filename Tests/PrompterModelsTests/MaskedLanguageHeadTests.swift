// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterAutodiff
import PrompterCheckpoint
import PrompterCore
import PrompterKernels
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

/// Heads of tiny masked language models; Scripts/make-masked-head-fixtures.py makes them and what
/// PyTorch says.
@Suite struct MaskedLanguageHeadTests {
  static let families = [
    "albert", "bert", "distilbert", "electra", "modernbert", "mpnet", "roberta",
  ]

  private func folder(_ family: String) -> URL {
    TinyBERT.fixtures.deletingLastPathComponent().appending(path: "masked-heads/\(family)")
  }

  private func backbone(_ family: String, isTrained: Bool = false) throws -> any Backbone {
    _ = ThreadTeam(count: 1)  // as every replica does
    let model = folder(family).appending(path: "model")
    return try ModelFamilies.configuration(from: ModelFolder(model)).backbone(
      from: Weights(contentsOf: model), isTrained: isTrained, replacing: [:], precision: .float32)
  }

  @Test(arguments: families)
  func `the logits of all tokens are PyTorch's`(family: String) throws {
    let file = try SafetensorsFile(
      contentsOf: folder(family).appending(path: "logits.safetensors"))
    func integers(_ name: String) throws -> [Int32] {
      try file.tensor(name).values.map { Int32($0) }
    }
    let (ids, segments) = (try integers("batch.ids"), try integers("batch.segments"))
    let offsets = try integers("batch.offsets").map { Int($0) }
    let batch = Batch(
      zip(offsets, offsets.dropFirst()).map {
        Row(ids: Array(ids[$0..<$1]), segments: Array(segments[$0..<$1]))
      })
    let backbone = try backbone(family)
    let head = try #require(backbone.maskedLanguageHead)
    let hidden = backbone.hiddenStates(
      of: batch, prompts: .none(layerCount: backbone.layerCount), reading: .all, dropout: 0,
      in: .inference())
    let all = (0..<Int32(backbone.vocabularyCount)).map { $0 }
    let decoder = head.decoder(of: all)
    #expect(decoder.weight.shape == [all.count, head.width])
    let logits = addBias(
      product(head.states(of: hidden, in: .inference()), Variable(decoder.weight)),
      Variable(decoder.bias))
    let expected = try file.tensor("logits").values
    #expect(zip(logits.value.values, expected).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect(logits.value.values.count == expected.count)

    // Of some tokens, in any order, they are the same.
    let some = head.decoder(of: [7, 3, 7])
    let width = head.width
    #expect(some.weight.values[..<width] == decoder.weight.values[7 * width..<8 * width])
    #expect(some.bias.values == [7, 3, 7].map { decoder.bias.values[$0] })
  }

  @Test(arguments: families)
  func `it is no part of what is counted or trained`(family: String) throws {
    let backbone = try backbone(family, isTrained: true)
    let counted = backbone.trainedParameters.reduce(0) { $0 + $1.value.shape.count }
    #expect(counted == backbone.parameterCount)
    #expect(backbone.trainedParameters.allSatisfy { !$0.name.contains("predictions") })
  }

  @Test func `a checkpoint without a head has none`() throws {
    #expect(try TinyBERT.load().maskedLanguageHead == nil)
    for encoder in TinyEncoder.all { #expect(try encoder.load().maskedLanguageHead == nil) }
  }
}
