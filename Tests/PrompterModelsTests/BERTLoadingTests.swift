// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterNN
import Foundation
import PrompterCheckpoint
import PrompterCore
import PrompterModels
import PrompterTensor
import Testing

/// Folders that are as they should be, and sentences about those that are not.
@Suite struct BERTLoadingTests {
  // A copy of the tiny BERT's folder with its weights and configuration changed; what loading says.
  private func load<Result>(
    weights change: (inout [String: Tensor]) -> Void = { _ in },
    configuration: (inout [String: Any]) -> Void = { _ in },
    _ body: (PostNormEncoder) throws -> Result
  ) throws -> Result {
    try withChangedModel(
      TinyBERT.folder, weights: change, configuration: configuration,
      { folder in
        try body(
          PostNormEncoder(
            from: Weights(contentsOf: folder), BERT.Configuration(contentsOf: folder)))
      })
  }

  private func complaint(
    weights change: (inout [String: Tensor]) -> Void = { _ in },
    configuration: (inout [String: Any]) -> Void = { _ in }
  ) -> String {
    do {
      return try load(weights: change, configuration: configuration) { "no error, but \($0)" }
    } catch {
      return "\(error)"
    }
  }

  @Test func `the tiny BERT has its shape and a pooler`() throws {
    let bert = try TinyBERT.load()
    #expect(bert.width == 32 && bert.layerCount == 3)
    #expect(bert.positionLimit == 64 && bert.vocabularyCount == 120)
    #expect(bert.hasPooler && bert.trainedDropout == 0)
    #expect(try bert.parameterCount == Weights(contentsOf: TinyBERT.folder).parameterCount)
  }

  @Test func `weights under the prefix bert. are the same model`() throws {
    let row = TinyBERT.texts(lengths: [9])
    func states(_ bert: PostNormEncoder) -> [Float] {
      bert.sequenceStates(
        of: Batch(row), prompts: .none(layerCount: 3), pooling: .pooler, dropout: 0,
        in: .inference()
      ).value.values
    }
    let prefixed = try load(
      weights: { weights in
        weights = Dictionary(uniqueKeysWithValues: weights.map { ("bert." + $0, $1) })
        weights["classifier.bias"] = Tensor(zeros: [2])
      }, states)
    let plain = try TinyBERT.load()
    #expect(prefixed == states(plain))
  }

  @Test func `without a pooler [CLS] itself is read`() throws {
    let batch = Batch(TinyBERT.texts(lengths: [9, 4]))
    func states(_ bert: PostNormEncoder, _ pooling: Pooling) -> [Float] {
      bert.sequenceStates(
        of: batch, prompts: .none(layerCount: 3), pooling: pooling, dropout: 0, in: .inference()
      ).value.values
    }
    let whole = try TinyBERT.load()
    try load(weights: { $0 = $0.filter { !$0.key.hasPrefix("pooler") } }) { bert in
      #expect(!bert.hasPooler)
      #expect(states(bert, .pooler) == states(bert, .cls))
      #expect(states(bert, .cls) == states(whole, .cls))
    }
  }

  @Test func `a missing weight is named with its place`() {
    let name = "encoder.layer.1.attention.self.value.bias"
    let found = complaint(weights: { $0[name] = nil })
    #expect(found.hasSuffix("has no tensor `\(name)`."))
    #expect(found.contains("/changed-"))
  }

  @Test func `a missing weight under a prefix is named in full`() {
    let found = complaint(weights: { weights in
      weights = Dictionary(uniqueKeysWithValues: weights.map { ("bert." + $0, $1) })
      weights["bert.pooler.dense.bias"] = nil
    })
    #expect(found.hasSuffix("has no tensor `bert.pooler.dense.bias`."))
  }

  @Test func `a weight of another shape is named with both shapes`() {
    let name = "encoder.layer.2.output.dense.weight"
    let found = complaint(weights: { $0[name] = Tensor(zeros: [64, 32]) })
    #expect(found.hasPrefix("`\(name)` in "))
    #expect(
      found.hasSuffix(
        "model.safetensors has shape [64, 32]; the configuration asks for [32, 64]."))
  }

  @Test func `a configuration that the weights do not follow is refused`() {
    let found = complaint(configuration: { $0["vocab_size"] = 30522 })
    #expect(found.contains("`embeddings.word_embeddings.weight`"))
    #expect(found.hasSuffix("has shape [120, 32]; the configuration asks for [30522, 32]."))
    let deeper = complaint(configuration: { $0["num_hidden_layers"] = 4 })
    #expect(deeper.hasSuffix("has no tensor `encoder.layer.3.attention.self.query.weight`."))
  }

  @Test func `another family is refused by its name, whatever its other keys are`() {
    let found = complaint(configuration: { $0 = ["model_type": "gpt2", "n_embd": 768] })
    #expect(
      found
        == "config.json: `model_type` is `gpt2`; this version of Prompter reads models with `bert`."
    )
  }

  @Test func `variants that compute something else are refused`() {
    let activation = complaint(configuration: { $0["hidden_act"] = "tanh" })
    #expect(activation.hasPrefix("config.json: `hidden_act` is `tanh`; "))
    #expect(activation.contains("`gelu`"))
    let positions = complaint(configuration: { $0["position_embedding_type"] = "relative_key" })
    #expect(positions.hasPrefix("config.json: `position_embedding_type` is `relative_key`; "))
  }

  @Test(arguments: [
    "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size",
    "max_position_embeddings",
  ])
  func `a configuration without a size is refused by the key's name`(key: String) {
    let missing = complaint(configuration: { $0[key] = nil })
    #expect(missing.hasSuffix("config.json is damaged or of another format: `\(key)` is missing."))
    for value in [0, -3, 1 << 40] {
      let found = complaint(configuration: { $0[key] = value })
      #expect(found.hasPrefix("config.json: `\(key)` is \(value); "))
    }
    let text = complaint(configuration: { $0[key] = "many" })
    #expect(text.hasSuffix("`\(key)` should be a whole number."))
  }

  @Test func `heads that do not divide the width are refused`() {
    let found = complaint(configuration: { $0["num_attention_heads"] = 5 })
    #expect(
      found
        == "config.json: `hidden_size` is 32, which 5 attention heads cannot share evenly.")
  }

  @Test(arguments: ["hidden_dropout_prob", "attention_probs_dropout_prob"])
  func `a dropout that is no probability is refused`(key: String) {
    for value in [1.0, -0.1] {
      let found = complaint(configuration: { $0[key] = value })
      #expect(found.hasPrefix("config.json: `\(key)` is "))
    }
  }

  @Test func `what transformers leaves out has its defaults`() throws {
    let optional = [
      "type_vocab_size", "layer_norm_eps", "hidden_dropout_prob", "attention_probs_dropout_prob",
      "hidden_act", "position_embedding_type", "model_type",
    ]
    try load(configuration: { keys in optional.forEach { keys[$0] = nil } }) { bert in
      #expect(bert.design.segmentCount == 2)
      #expect(bert.design.epsilon == 1e-12)
      #expect(bert.trainedDropout == 0.1)
    }
  }
}
