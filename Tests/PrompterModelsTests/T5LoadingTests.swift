// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterCore
import PrompterKernels
import PrompterModels
import PrompterTensor
import Testing

/// Folders that are as they should be, and sentences about those that are not.
@Suite struct T5LoadingTests {
  // A copy of a tiny T5's folder with its weights and configuration changed; what loading says.
  private func load<Result>(
    _ name: String = "t5-1.1", weights change: (inout [String: Tensor]) -> Void = { _ in },
    configuration: (inout [String: Any]) -> Void = { _ in }, _ body: (T5) throws -> Result
  ) throws -> Result {
    try withChangedModel(
      TinyT5.fixtures.appending(path: name), weights: change, configuration: configuration
    ) { folder in
      try body(T5(from: Weights(contentsOf: folder), T5.Configuration(contentsOf: folder)))
    }
  }

  private func complaint(
    weights change: (inout [String: Tensor]) -> Void = { _ in },
    configuration: (inout [String: Any]) -> Void = { _ in }
  ) -> String {
    do {
      return try load(weights: change, configuration: configuration) { _ in "no error" }
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    ("relu", Activation.relu, false), ("gated-gelu", .geluTanh, true), ("gelu", .gelu, false),
    ("gated-silu", .silu, true), ("gelu_new", .geluTanh, false),
  ])
  func `a perceptron is what transformers makes of its name`(
    name: String, activation: Activation, isGated: Bool
  ) throws {
    let keys: [String: Any] = [
      "d_model": 8, "d_kv": 4, "num_heads": 2, "d_ff": 16, "num_layers": 2, "vocab_size": 30,
      "feed_forward_proj": name,
    ]
    let shape = try JSONDecoder().decode(
      T5.Configuration.self, from: JSONSerialization.data(withJSONObject: keys))
    #expect(shape.activation == activation && shape.isGated == isGated)
    // What is left out has transformers' defaults.
    #expect(shape.decoderLayerCount == 2 && shape.bucketCount == 32 && shape.bucketReach == 128)
    #expect(shape.tiesOutput && shape.scalesOutput && shape.dropout == 0.1)
    #expect(shape.startTokenID == 0 && shape.endTokenID == 1)
  }

  @Test func `an output that repeats the embeddings is kept once`() throws {
    let count = try TinyT5("t5-1.0").model.parameterCount
    let again = try load("t5-1.0") { weights in
      weights["lm_head.weight"] = weights["shared.weight"]
    } _: {
      $0.parameterCount
    }
    #expect(again == count)
  }

  @Test func `what transformers 5 writes of ties and scales is understood`() throws {
    let model = try load { keys in
      _ = keys
    } configuration: { keys in
      keys["tie_word_embeddings"] = true
      keys["scale_decoder_outputs"] = false
    } _: {
      $0
    }
    #expect(!model.configuration.scalesOutput && !model.configuration.tiesOutput)
    #expect(try model.parameterCount == TinyT5("t5-1.1").model.parameterCount)
  }

  @Test func `embeddings may stand under the name of either stack`() throws {
    for name in ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"] {
      let found = try load { weights in
        weights[name] = weights.removeValue(forKey: "shared.weight")
      } _: {
        $0.wordEmbeddings(of: [5]).values
      }
      #expect(try found == TinyT5("t5-1.1").model.wordEmbeddings(of: [5]).values)
    }
  }

  @Test func `a weight that is missing or misshapen is named`() {
    let name = "decoder.block.1.layer.1.EncDecAttention.k.weight"
    #expect(complaint { $0[name] = nil }.contains("has no tensor `\(name)`"))
    #expect(complaint { $0[name] = Tensor(zeros: [3, 3]) }.contains("`\(name)`"))
    #expect(
      complaint { $0["shared.weight"] = nil }.contains("has no tensor `shared.weight`"))
  }

  @Test func `variants that are not known are refused by the key that tells`() {
    let cases: [(key: String, value: Any)] = [
      ("model_type", "umt5"), ("feed_forward_proj", "gated-tanh"), ("d_kv", 0),
      ("dropout_rate", 1.5), ("relative_attention_num_buckets", 2),
      ("decoder_start_token_id", 60), ("eos_token_id", -1),
    ]
    for (key, value) in cases {
      let found = complaint { _ in
      } configuration: {
        $0[key] = value
      }
      #expect(found.hasPrefix("config.json: `\(key)` is "), "\(found)")
    }
    let reach = complaint { _ in
    } configuration: {
      $0["relative_attention_max_distance"] = 16
    }
    #expect(reach.contains("relative_attention_num_buckets"), "\(reach)")
  }
}
