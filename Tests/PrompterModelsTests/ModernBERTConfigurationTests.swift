// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import PrompterModels
import Testing

/// Both forms of configuration, published shapes, and variants that are refused.
@Suite struct ModernBERTConfigurationTests {
  // What answerdotai/ModernBERT-base has, as far as it is read.
  private static var base: [String: Any] {
    [
      "model_type": "modernbert", "architectures": ["ModernBertForMaskedLM"], "hidden_size": 768,
      "num_hidden_layers": 22, "num_attention_heads": 12, "intermediate_size": 1152,
      "vocab_size": 50368, "max_position_embeddings": 8192, "position_embedding_type": "absolute",
      "hidden_activation": "gelu", "norm_eps": 1e-5, "norm_bias": false, "mlp_bias": false,
      "attention_bias": false, "attention_dropout": 0.0, "mlp_dropout": 0.0,
      "embedding_dropout": 0.0, "global_attn_every_n_layers": 3, "global_rope_theta": 160000.0,
      "local_rope_theta": 10000.0, "local_attention": 128, "classifier_pooling": "mean",
      "classifier_activation": "gelu", "classifier_bias": false,
    ]
  }

  private func decoded(_ changes: [String: Any?] = [:]) throws -> ModernBERT.Configuration {
    var keys = Self.base
    for (key, value) in changes {
      keys[key] = value is NSNull ? NSNull() : value
    }
    return try JSONDecoder().decode(
      ModernBERT.Configuration.self, from: JSONSerialization.data(withJSONObject: keys))
  }

  // The same as transformers 5 writes it.
  private var newer: [String: Any?] {
    [
      "global_attn_every_n_layers": nil, "global_rope_theta": nil, "local_rope_theta": nil,
      "layer_types": (0..<22).map { $0 % 3 == 0 ? "full_attention" : "sliding_attention" },
      "rope_parameters": [
        "full_attention": ["rope_theta": 160000.0, "rope_type": "default"],
        "sliding_attention": ["rope_theta": 10000.0, "rope_type": "default"],
      ],
    ]
  }

  @Test func `a published configuration is understood in both forms`() throws {
    let older = try decoded()
    #expect(try decoded(newer) == older)
    #expect(older.layers.map { $0.window == nil } == (0..<22).map { $0 % 3 == 0 })
    #expect(older.layers[0].base == 160_000 && older.layers[1].base == 10_000)
    #expect(older.layers[1].window == 64 && older.epsilon == 1e-5 && older.headSize == 64)
    #expect(older.activation == .gelu)
    #expect(!older.biases.norms && !older.biases.attention && !older.biases.perceptron)
  }

  @Test func `what is not said is as transformers has it`() throws {
    let silent = [
      "global_attn_every_n_layers", "global_rope_theta", "local_rope_theta", "local_attention",
      "norm_eps", "hidden_activation", "norm_bias", "max_position_embeddings", "mlp_dropout",
    ]
    let changes: [String: Any?] = Dictionary(uniqueKeysWithValues: silent.map { ($0, nil) })
    #expect(try decoded(changes) == decoded())
    let some = try decoded(
      newer.merging(["rope_parameters": ["sliding_attention": ["rope_theta": 500.0]]]) { $1 })
    #expect(some.layers[0].base == 160_000 && some.layers[1].base == 500)
  }

  @Test func `a base that is null is the other kind's`() throws {
    #expect(try decoded(["local_rope_theta": NSNull()]).layers[1].base == 160_000)
  }

  /// Width, layers, heads and inner width of a published model, and its weights.
  struct Size: CustomTestStringConvertible {
    let name: String
    let shape: [Int]
    let vocabulary: Int
    let weights: Int
    var testDescription: String { name }
  }

  // Counted by transformers, without the layer before a head.
  @Test(arguments: [
    Size(
      name: "ModernBERT-base", shape: [768, 22, 12, 1152], vocabulary: 50368,
      weights: 149_014_272),
    Size(
      name: "ModernBERT-large", shape: [1024, 28, 16, 2624], vocabulary: 50368,
      weights: 394_781_696),
    Size(name: "ettin-17m", shape: [256, 7, 4, 384], vocabulary: 50368, weights: 16_797_440),
    Size(
      name: "mmBERT-small", shape: [384, 22, 6, 1152], vocabulary: 256_000, weights: 140_493_696),
  ])
  func `published models have as many weights as their shapes say`(size: Size) throws {
    let keys = ["hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"]
    var changes = Dictionary<String, Any?>(uniqueKeysWithValues: zip(keys, size.shape))
    changes["vocab_size"] = size.vocabulary
    let shape = try decoded(changes)
    #expect(shape.parameterCount(hasPooler: false) == size.weights)
    #expect(
      shape.parameterCount() - size.weights == shape.width * shape.width + shape.width)
  }

  @Test(arguments: [
    (#"{"rope_scaling": {"type": "yarn", "factor": 4}}"#, "`rope_scaling` is set"),
    (
      #"{"rope_parameters": {"full_attention": {"rope_type": "yarn"}}}"#,
      "`rope_parameters` is `yarn`"
    ),
    (#"{"layer_types": ["full_attention"]}"#, "`layer_types` is a list of 1"),
    (
      #"{"num_hidden_layers": 1, "layer_types": ["chunked_attention"]}"#,
      "`layer_types` is `chunked_attention`"
    ),
    (#"{"local_attention": 1}"#, "`local_attention` is 1"),
    (#"{"global_rope_theta": -1}"#, "`global_rope_theta` is -1.0"),
    (#"{"hidden_activation": "quick_gelu"}"#, "`hidden_activation` is `quick_gelu`"),
    (#"{"num_attention_heads": 256}"#, "`num_attention_heads` is 256, with heads of 3"),
    (#"{"num_attention_heads": 7}"#, "`hidden_size` is 768, which 7 attention heads"),
    (#"{"model_type": "modernbert-decoder"}"#, "`model_type` is `modernbert-decoder`"),
    (#"{"hidden_size": 0}"#, "`hidden_size` is 0"), (#"{"mlp_dropout": 1}"#, "`mlp_dropout` is 1"),
  ])
  func `what is not known is refused by its key`(changes: String, start: String) throws {
    let changes = try #require(
      try JSONSerialization.jsonObject(with: Data(changes.utf8)) as? [String: Any])
    let error = #expect(throws: BackboneError.self) {
      try decoded(changes.mapValues { $0 as Any? })
    }
    let found = error.map { "\($0)" } ?? ""
    #expect(found.contains(start), "\(found)")
  }
}
