// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterCore
import PrompterMethods
import PrompterModels
import PrompterTensor
import Testing

/// The counts of published models, from their shapes alone.
@Suite struct T5CountingTests {
  /// Width, inner width, layers, heads and head size of a published size.
  struct Size: CustomTestStringConvertible {
    let name: String
    let shape: [Int]
    let weights: Int
    let prompt: Int
    var testDescription: String { name }

    func configuration(_ more: [String: Any]) throws -> T5.Configuration {
      let keys = ["d_model", "d_ff", "num_layers", "num_heads", "d_kv"]
      let all = Dictionary<String, Any>(uniqueKeysWithValues: zip(keys, shape)).merging(more) { $1 }
      return try JSONDecoder().decode(
        T5.Configuration.self,
        from: JSONSerialization.data(withJSONObject: all.merging(["vocab_size": 32128]) { $1 }))
    }
  }

  // T5 1.1, whose shapes the LM-adapted checkpoints have: gated and untied. The prompts are those
  // of Lester and others 2021, Table 4, for 100 virtual tokens.
  static let newer = [
    Size(name: "Small", shape: [512, 1024, 8, 6, 64], weights: 76_961_152, prompt: 51_200),
    Size(name: "Base", shape: [768, 2048, 12, 12, 64], weights: 247_577_856, prompt: 76_800),
    Size(name: "Large", shape: [1024, 2816, 24, 16, 64], weights: 783_150_080, prompt: 102_400),
    Size(name: "XL", shape: [2048, 5120, 24, 32, 64], weights: 2_849_757_184, prompt: 204_800),
    Size(name: "XXL", shape: [4096, 10240, 24, 64, 64], weights: 11_135_332_352, prompt: 409_600),
  ]

  @Test(arguments: newer)
  func `T5 1.1 and its prompts have as many parameters as their authors say`(size: Size) throws {
    let shape = try size.configuration([
      "feed_forward_proj": "gated-gelu", "tie_word_embeddings": false,
    ])
    #expect(shape.parameterCount == size.weights)
    let settings = PromptTuning.Settings(promptLength: 100, initialization: .random)
    #expect(
      settings.parameterCount(
        for: BackboneShape(
          layerCount: shape.layerCount, width: shape.width, parameterCount: size.weights))
        == size.prompt)
    let method = PromptTuning(
      Tensor(zeros: [100, shape.width]), layerCount: shape.layerCount)
    #expect(method.parameterCount == size.prompt)
  }

  @Test func `T5 1.0 has as many parameters as its authors say`() throws {
    let small = Size(name: "small", shape: [512, 2048, 6, 8, 64], weights: 60_506_624, prompt: 0)
    let eleven = Size(
      name: "11b", shape: [1024, 65536, 24, 128, 128], weights: 11_307_321_344, prompt: 0)
    for size in [small, eleven] {
      #expect(try size.configuration([:]).parameterCount == size.weights)
    }
  }

  @Test(arguments: TinyT5.names)
  func `the shape alone tells how many weights a model has`(name: String) throws {
    let model = try TinyT5(name).model
    #expect(model.configuration.parameterCount == model.parameterCount)
    let stored = try Weights(contentsOf: TinyT5.fixtures.appending(path: name)).parameterCount
    #expect(model.parameterCount == stored)
  }

  @Test func `a deep prompt is counted as the method has it`() throws {
    let model = try TinyT5("t5-1.1").model
    let size = PTuningV2.Size(
      layerCount: model.layerCount, width: model.width, attentionWidth: model.attentionWidth)
    let method = PTuningV2(promptLength: 5, layers: 1..<2, size: size, seed: 1)
    #expect(
      PTuningV2.Settings(promptLength: 5, layers: 1..<2).parameterCount(for: BackboneShape(model))
        == method.parameterCount)
  }
}
