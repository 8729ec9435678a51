// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterMethods
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

@Suite struct BERTCountingTests {
  private func configuration(_ changes: [String: Int] = [:]) throws -> BERT.Configuration {
    let shape = [
      "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
      "intermediate_size": 3072, "vocab_size": 30522, "max_position_embeddings": 512,
      "type_vocab_size": 2,
    ].merging(changes) { $1 }
    return try JSONDecoder().decode(
      BERT.Configuration.self, from: JSONSerialization.data(withJSONObject: shape))
  }

  @Test func `BERT base has as many parameters as its authors say`() throws {
    let base = try configuration()
    #expect(base.parameterCount() == 109_482_240)
    #expect(base.parameterCount(hasPooler: false) == 109_482_240 - 768 * 769)
    #expect(base.headParameterCount(labels: 3) == 3 * 769)
  }

  @Test(arguments: [nil, 48])
  func `a prompt is counted as the method has it`(_ hidden: Int?) throws {
    let shape = try configuration([
      "hidden_size": 8, "num_hidden_layers": 3, "num_attention_heads": 2,
    ])
    let method = PTuningV2(
      promptLength: 5, layers: 1..<3, size: PTuningV2.Size(layerCount: 3, width: 8),
      reparameterization: hidden.map { .mlp(hidden: $0) } ?? .none, seed: 1)
    let settings = PTuningV2.Settings(
      promptLength: 5, layers: 1..<3, reparameterization: hidden.map { .mlp(hidden: $0) } ?? .none)
    #expect(
      settings.parameterCount(
        for: BackboneShape(
          layerCount: shape.layerCount, width: shape.width, parameterCount: shape.parameterCount()))
        == method.parameters.reduce(0) { $0 + $1.value.shape.count })
  }
}
