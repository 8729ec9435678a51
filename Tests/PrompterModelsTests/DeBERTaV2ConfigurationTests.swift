// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterCore
import PrompterKernels
import PrompterModels
import PrompterTensor
import Testing

/// What config.json and the names of weights say of a DeBERTa, and what is refused.
@Suite struct DeBERTaV2ConfigurationTests {
  private func configuration(_ changes: [String: Any]) throws -> DeBERTaV2.Configuration {
    try JSONDecoder().decode(
      DeBERTaV2.Configuration.self, from: JSONSerialization.data(withJSONObject: changes))
  }

  // The keys of deberta-v3-base, as its authors publish them.
  private static var base: [String: Any] {
    [
      "model_type": "deberta-v2", "hidden_size": 768, "num_hidden_layers": 12,
      "num_attention_heads": 12, "intermediate_size": 3072, "vocab_size": 128_100,
      "max_position_embeddings": 512, "relative_attention": true, "position_buckets": 256,
      "norm_rel_ebd": "layer_norm", "share_att_key": true, "pos_att_type": "p2c|c2p",
      "layer_norm_eps": 1e-7, "max_relative_positions": -1, "position_biased_input": false,
      "type_vocab_size": 0,
    ]
  }

  private func base(_ changes: [String: Any]) throws -> DeBERTaV2.Configuration {
    try configuration(Self.base.merging(changes) { $1 })
  }

  @Test func `published models have as many weights as transformers counts`() throws {
    #expect(try base([:]).parameterCount() == 183_831_552)
    #expect(try base([:]).parameterCount(hasPooler: true) == 183_831_552 + 768 * 769)
    #expect(try base(["num_hidden_layers": 6]).parameterCount() == 141_304_320)
    let large = try base([
      "hidden_size": 1536, "num_hidden_layers": 24, "num_attention_heads": 24,
      "intermediate_size": 6144, "conv_kernel_size": 3, "conv_act": "gelu",
      "attention_head_size": 64,
    ])
    #expect(large.parameterCount() == 884_593_152)
    #expect(large.convolution?.activation == .perceptron(.gelu))
  }

  @Test(arguments: ["deberta-v2", "deberta-v3"])
  func `counts are those of the files, and nothing in them is unknown`(kind: String) throws {
    let (shape, weights) = (try TinyDeBERTa.configuration(kind), try TinyDeBERTa.weights(kind))
    let hasPooler = shape.hasPooler(in: weights)
    #expect(hasPooler == (kind == "deberta-v2"))
    #expect(shape.parameterCount(hasPooler: hasPooler) == weights.parameterCount)
    #expect(try shape.check(weights) == [])
    #expect(try TinyDeBERTa.load(kind).parameterCount == weights.parameterCount)
  }

  @Test func `groups, segments and projections of their own are counted`() throws {
    let shape = try configuration([
      "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48,
      "vocab_size": 70, "max_position_embeddings": 20, "relative_attention": true,
      "pos_att_type": "p2c|c2p", "conv_kernel_size": 3, "conv_groups": 2, "type_vocab_size": 2,
      "position_biased_input": true, "norm_rel_ebd": "none", "embedding_size": 16,
    ])
    #expect(shape.parameterCount() == 24_192)
  }

  @Test func `terms are a list or names with lines between them`() throws {
    let both: Set<DeBERTaV2.Configuration.Term> = [.contentToPosition, .positionToContent]
    #expect(try base([:]).terms == both)
    #expect(try base(["pos_att_type": "C2P | p2c"]).terms == both)
    #expect(try base(["pos_att_type": ["p2c"]]).terms == [.positionToContent])
    #expect(try base(["pos_att_type": NSNull()]).terms == [])
  }

  @Test func `what is missing is as transformers has it`() throws {
    let sizes = ["hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"]
    let shape = try configuration(
      Self.base.filter { sizes.contains($0.key) || $0.key == "vocab_size" })
    #expect(shape.positions == nil && shape.convolution == nil && shape.terms == [])
    #expect(shape.positionCount == 512 && shape.segmentCount == nil && shape.embeddingWidth == 768)
    #expect(shape.epsilon == 1e-7 && shape.activation == .gelu)
    #expect(shape.hiddenDropout == 0.1 && shape.poolerActivation == .perceptron(.gelu))
    let relative = try configuration(
      Self.base.filter { sizes.contains($0.key) || $0.key == "vocab_size" }
        .merging(["relative_attention": true, "conv_kernel_size": 5]) { $1 })
    #expect(relative.positions?.distances == DeBERTaDistances(bucketCount: nil, reach: 512))
    #expect(relative.positions?.isNormalized == false)
    #expect(relative.positions?.sharesProjections == false)
    #expect(relative.convolution?.groups == 1 && relative.convolution?.activation == .tanh)
  }

  @Test(arguments: [
    ("pos_att_type", ["c2p", "p2p"] as any Sendable, "`p2p`", "`c2p`, `p2c` or both"),
    ("position_buckets", 1, "1 up to distance 512", "2 buckets or more"),
    ("max_relative_positions", 129, "256 up to distance 129", "2 buckets or more"),
    ("norm_rel_ebd", "batch_norm", "`batch_norm`", "`layer_norm` or `none`"),
    ("conv_kernel_size", 4, "4", "an odd number"),
    ("attention_head_size", 32, "32", "64, the heads' share"),
    ("z_steps", 2, "2", "0 or 1"),
    ("is_decoder", true, "true", "`false`"),
    ("model_type", "deberta", "`deberta`", "`deberta-v2`"),
    ("num_attention_heads", 7, "768", "7 attention heads"),
    ("type_vocab_size", -1, "-1", "1 or more"),
  ])
  func `variants that are not known are refused by their keys`(
    key: String, value: any Sendable, found: String, expected: String
  ) throws {
    let message = #expect(throws: BackboneError.self) { try base([key: value]) }?.description ?? ""
    let named = [
      "num_attention_heads": "hidden_size", "max_relative_positions": "position_buckets",
    ]
    #expect(message.contains("`\(named[key] ?? key)`"), "\(message)")
    #expect(message.contains(found) && message.contains(expected), "\(message)")
  }

  @Test func `groups that do not divide the width and unknown activations are refused`() {
    #expect(throws: BackboneError.self) { try base(["conv_kernel_size": 3, "conv_groups": 5]) }
    #expect(throws: BackboneError.self) { try base(["conv_kernel_size": 3, "conv_act": "elu"]) }
  }

  @Test func `sizes whose product is beyond any machine are refused`() {
    for keys in [
      ["hidden_size", "num_attention_heads"], ["max_relative_positions", "hidden_size"],
      ["intermediate_size", "num_hidden_layers"], ["vocab_size", "embedding_size"],
    ] {
      let changes = Dictionary(uniqueKeysWithValues: keys.map { ($0, Int(Int32.max)) })
      #expect(throws: BackboneError.self) {
        try base(changes.merging(["position_buckets": -1]) { $1 })
      }
    }
  }
}
