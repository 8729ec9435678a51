// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterKernels
import PrompterModels
import Testing

/// Counts that no file has, and the keys of published configurations.
@Suite struct ConfigurationSizesTests {
  private static var bert: [String: Any] {
    [
      "hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 64,
      "vocab_size": 120, "max_position_embeddings": 64,
    ]
  }
  private static var t5: [String: Any] {
    [
      "model_type": "t5", "d_model": 8, "d_kv": 4, "num_heads": 2, "d_ff": 16, "num_layers": 2,
      "vocab_size": 30,
    ]
  }
  private static let largest = Int(Int32.max)

  private static func decoded<Shape: Decodable>(
    _ type: Shape.Type, _ keys: [String: Any], _ changes: [String: Any?]
  ) throws -> Shape {
    var keys = keys
    for (key, value) in changes { keys[key] = value }
    return try JSONDecoder().decode(type, from: JSONSerialization.data(withJSONObject: keys))
  }

  @Test(arguments: [
    ["hidden_size", "num_attention_heads"], ["intermediate_size", "num_hidden_layers"],
    [
      "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size",
      "max_position_embeddings", "type_vocab_size",
    ],
  ])
  func `sizes of a BERT whose product is beyond any machine are refused`(keys: [String]) {
    let changes = Dictionary(uniqueKeysWithValues: keys.map { ($0, Self.largest as Any?) })
    #expect {
      try Self.decoded(BERT.Configuration.self, Self.bert, changes)
    } throws: {
      "\($0)".hasPrefix("config.json: the sizes amount to ")
        && "\($0)".hasSuffix(" weights; at most 2^48 are read.") && "\($0)".utf8.count < 500
    }
  }

  @Test(arguments: [
    ["d_model", "vocab_size"], ["num_heads", "d_kv"], ["d_ff", "num_layers"],
    ["num_layers", "num_decoder_layers", "d_model", "d_kv", "num_heads", "d_ff"],
    ["relative_attention_num_buckets", "relative_attention_max_distance", "num_heads"],
  ])
  func `sizes of a T5 whose product is beyond any machine are refused`(keys: [String]) {
    let changes = Dictionary(uniqueKeysWithValues: keys.map { ($0, Self.largest as Any?) })
    #expect {
      try Self.decoded(T5.Configuration.self, Self.t5, changes)
    } throws: { error in
      error is BackboneError && "\(error)".utf8.count < 500
    }
  }

  @Test func `more layers than the file has are told by the first that is missing`() throws {
    let weights = try Weights(contentsOf: TinyBERT.folder)
    let shape = try Self.decoded(
      BERT.Configuration.self, Self.bert, ["num_hidden_layers": Self.largest])
    let expected = "no tensor `encoder.layer.3.attention.self.query.weight`"
    #expect { try PostNormEncoder(from: weights, shape) } throws: { "\($0)".contains(expected) }
    #expect { try shape.check(weights) } throws: { "\($0)".contains(expected) }
  }

  @Test func `a start token that comes from the padding is checked`() {
    for pad in [30, -1, Self.largest] {
      #expect(throws: BackboneError.self) {
        try Self.decoded(T5.Configuration.self, Self.t5, ["pad_token_id": pad])
      }
    }
    #expect(throws: BackboneError.self) {
      try Self.decoded(T5.Configuration.self, Self.t5, ["vocab_size": 1])
    }
  }

  @Test func `published configurations are understood`() throws {
    // madlad400: its padding is not the start of an answer, and </s> has the id 2.
    let madlad = try Self.decoded(
      T5.Configuration.self, Self.t5,
      [
        "decoder_start_token_id": 0, "pad_token_id": 1, "eos_token_id": 2,
        "feed_forward_proj": "gated-gelu", "tie_word_embeddings": false,
      ])
    #expect(madlad.startTokenID == 0 && madlad.endTokenID == 2)
    #expect(madlad.isGated && !madlad.scalesOutput)
    let byT5 = try Self.decoded(
      T5.Configuration.self, Self.t5,
      ["num_layers": 12, "num_decoder_layers": 4, "vocab_size": 384, "torch_dtype": "bfloat16"])
    #expect(byT5.layerCount == 12 && byT5.decoderLayerCount == 4)
    // The Chinese BERT says more than anybody needs, Google's small ones less.
    let chinese = try Self.decoded(
      BERT.Configuration.self, Self.bert,
      [
        "directionality": "bidi", "pooler_fc_size": 768, "pooler_type": "first_token_transform",
        "architectures": ["BertForMaskedLM"], "position_embedding_type": "absolute",
        "gradient_checkpointing": false,
      ])
    #expect(chinese.design.epsilon == 1e-12 && chinese.design.segmentCount == 2)
    for (name, activation) in [("gelu_new", Activation.geluTanh), ("relu", .relu)] {
      #expect(
        try Self.decoded(BERT.Configuration.self, Self.bert, ["hidden_act": name]).design.activation
          == activation)
    }
    #expect(throws: BackboneError.self) {
      try Self.decoded(BERT.Configuration.self, Self.bert, ["is_decoder": true])
    }
    #expect(throws: BackboneError.self) {
      try Self.decoded(BERT.Configuration.self, Self.bert, ["layer_norm_eps": -1])
    }
  }

  @Test func `a family is told by its class where nothing else tells`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "family-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var keys = Self.t5
    keys["model_type"] = nil
    for (name, family) in [
      ("T5ForConditionalGeneration", "t5"), ("MT5ForConditionalGeneration", "t5"),
    ] {
      keys["architectures"] = [name]
      try JSONSerialization.data(withJSONObject: keys)
        .write(to: folder.appending(path: "config.json"))
      #expect(try ModelFamilies.configuration(from: ModelFolder(folder)).family == family)
    }
  }
}
