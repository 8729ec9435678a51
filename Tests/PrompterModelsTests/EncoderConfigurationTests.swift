// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterModels
import Testing

/// What configurations of BERT's descendants say, and what is refused of them.
@Suite struct EncoderConfigurationTests {
  private func shape(_ keys: [String: Any]) throws -> any ModelConfiguration {
    let folder = FileManager.default.temporaryDirectory.appending(path: "shape-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try JSONSerialization.data(withJSONObject: keys)
      .write(to: folder.appending(path: "config.json"))
    return try ModelFamilies.configuration(from: ModelFolder(folder))
  }

  private static let base = [
    "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
    "intermediate_size": 3072, "max_position_embeddings": 514,
  ]

  @Test(arguments: [
    ("roberta", ["vocab_size": 50265, "type_vocab_size": 1], 124_645_632, 512),
    ("xlm-roberta", ["vocab_size": 250002, "type_vocab_size": 1], 278_043_648, 512),
    ("camembert", ["vocab_size": 32005, "type_vocab_size": 1], 110_621_952, 512),
    (
      "distilbert",
      [
        "vocab_size": 30522, "dim": 768, "n_layers": 6, "n_heads": 12, "hidden_dim": 3072,
        "max_position_embeddings": 512,
      ], 66_362_880, 512
    ),
    (
      "electra",
      [
        "vocab_size": 30522, "embedding_size": 128, "hidden_size": 256, "num_attention_heads": 4,
        "intermediate_size": 1024, "max_position_embeddings": 512,
      ], 13_483_008, 512
    ),
    (
      "electra", ["vocab_size": 30522, "embedding_size": 768, "max_position_embeddings": 512],
      108_891_648, 512
    ),
    ("mpnet", ["vocab_size": 30527], 109_486_464, 512),
    (
      "albert", ["vocab_size": 30000, "embedding_size": 128, "max_position_embeddings": 512],
      11_683_584, 512
    ),
  ])
  func `a published model has as many parameters as transformers counts`(
    type: String, sizes: [String: Int], count: Int, positions: Int
  ) throws {
    var keys: [String: Any] = Self.base.merging(sizes) { $1 }
    keys["model_type"] = type
    let found = try shape(keys)
    #expect(found.parameterCount(hasPooler: true) == count)
    #expect(found.positionLimit == positions)
  }

  @Test(arguments: [
    ("roberta", "position_embedding_type", "`relative_key`", "`absolute`"),
    ("roberta", "hidden_act", "`mish`", "`gelu`, `gelu_new`, `relu` or `silu`"),
    ("roberta", "max_position_embeddings", "2", "3 or more, for positions begin at 2"),
    ("roberta", "pad_token_id", "-2", "a token below 2147483647"),
    ("xlm-roberta", "pad_token_id", "-1", "a token below 2147483647"),
    ("roberta", "type_vocab_size", "0", "1 or more"),
    ("distilbert", "activation", "`mish`", "`gelu`, `gelu_new`, `relu` or `silu`"),
    ("distilbert", "n_layers", "0", "1 or more"),
    ("distilbert", "dropout", "1.0", "a probability below 1"),
    ("electra", "embedding_size", "0", "1 or more"),
    ("electra", "is_decoder", "true", "`false`"),
    ("mpnet", "relative_attention_num_buckets", "64", "32"),
    ("mpnet", "max_position_embeddings", "1", "3 or more, for positions begin at 2"),
    ("albert", "num_hidden_groups", "2", "1"),
    ("albert", "inner_group_num", "2", "1"),
    (
      "albert", "num_hidden_layers", "\(Int32.max)", "at most 1024 layers that share their weights"
    ),
  ])
  func `a variant that is not known is refused by its key`(
    folder: String, key: String, value: String, expected: String
  ) throws {
    let tiny = try #require(TinyEncoder.all.first { $0.folder == folder })
    let number = Double(value)
    try withChangedModel(
      tiny.model,
      configuration: { keys in
        keys[key] =
          value == "true"
          ? true : number.map { $0 as Any } ?? value.trimmingCharacters(in: ["`"])
      },
      { folder in
        let error = #expect(throws: BackboneError.self) {
          try ModelFamilies.configuration(from: ModelFolder(folder))
        }
        let found = try #require(error).description
        #expect(found.contains("config.json: `\(key)` is \(value); "), "\(found)")
        #expect(found.hasSuffix("reads models with \(expected)."), "\(found)")
      })
  }

  @Test(arguments: [
    ("distilbert", "n_heads", "dim"), ("mpnet", "num_attention_heads", "hidden_size"),
  ])
  func `heads that do not divide a width are told by the key that the family has`(
    folder: String, heads: String, width: String
  ) throws {
    let tiny = try #require(TinyEncoder.all.first { $0.folder == folder })
    let error = #expect(throws: BackboneError.self) {
      try withChangedModel(tiny.model, configuration: { $0[heads] = 5 }) {
        try ModelFamilies.configuration(from: ModelFolder($0))
      }
    }
    #expect(error == .headsDoNotDivideWidth(heads: 5, width: 24, key: width))
  }

  @Test(arguments: [
    ("RobertaForMaskedLM", "roberta"), ("XLMRobertaModel", "roberta"),
    ("CamembertForTokenClassification", "roberta"), ("MPNetModel", "mpnet"),
    ("AlbertForPreTraining", "albert"), ("BertModel", "bert"),
  ])
  func `a family is told by its class where nothing else tells`(name: String, family: String) throws
  {
    var keys: [String: Any] = Self.base
    keys["vocab_size"] = 100
    keys["architectures"] = [name]
    #expect(try shape(keys).family == family)
  }
}
