// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterAutodiff
import PrompterCheckpoint
import PrompterCore
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

/// Folders of ModernBERTs that are as they should be, and sentences about those that are not.
@Suite struct ModernBERTLoadingTests {
  // The tiny model's folder, its weights changed.
  private func load<Result>(
    _ changes: [String: Any?] = [:], weights change: (inout [String: Tensor]) -> Void,
    _ body: (ModernBERT, Weights) throws -> Result
  ) throws -> Result {
    try withChangedModel(TinyModernBERT.folder, weights: change) { folder in
      let weights = try Weights(contentsOf: folder)
      return try body(ModernBERT(from: weights, TinyModernBERT.configuration(changes)), weights)
    }
  }

  private func complaint(
    _ changes: [String: Any?] = [:], weights change: (inout [String: Tensor]) -> Void = { _ in }
  ) -> String {
    do {
      return try load(changes, weights: change) { "no error, but \($0), \($1)" }
    } catch {
      return "\(error)"
    }
  }

  private func pooled(_ model: ModernBERT, _ pooling: Pooling) -> [Float] {
    model.sequenceStates(
      of: Batch(TinyModernBERT.texts(lengths: [9, 4])), prompts: .none(layerCount: 3),
      pooling: pooling, dropout: 0, in: .inference()
    ).value.values
  }

  @Test func `the tiny model has its shape and a layer before the head`() throws {
    let model = try TinyModernBERT.load()
    #expect(model.width == 24 && model.layerCount == 3 && model.headCount == 3)
    #expect(model.positionLimit == 40 && model.vocabularyCount == 60 && model.segmentLimit == nil)
    #expect(model.hasPooler && model.trainedDropout == 0)
    let stored = try Weights(contentsOf: TinyModernBERT.folder).parameterCount
    #expect(model.parameterCount == stored)
    #expect(model.configuration.parameterCount() == stored)
    #expect(model.wordEmbeddings(of: [3, 59]).shape == [2, 24])
  }

  @Test func `files of masked-word models and of classifiers are the same model`() throws {
    let plain = pooled(try TinyModernBERT.load(), .pooler)
    try load(weights: { weights in
      weights = Dictionary(
        uniqueKeysWithValues: weights.map {
          ($0.hasPrefix("head.") ? $0 : "model." + $0, $1)
        })
      weights["decoder.weight"] = weights["model.embeddings.tok_embeddings.weight"]
      weights["decoder.bias"] = Tensor(zeros: [60])
      weights["classifier.weight"] = Tensor(zeros: [2, 24])
    }) { model, weights in
      #expect(pooled(model, .pooler) == plain)
      let unknown = try model.configuration.check(weights)
      #expect(unknown.isEmpty)
      #expect(model.configuration.hasPooler(in: weights))
    }
  }

  @Test func `without a layer before the head [CLS] itself is read`() throws {
    let whole = try TinyModernBERT.load()
    try load(weights: { $0 = $0.filter { !$0.key.hasPrefix("head.") } }) { model, _ in
      #expect(!model.hasPooler)
      #expect(pooled(model, .pooler) == pooled(model, .cls))
      #expect(pooled(model, .cls) == pooled(whole, .cls))
      #expect(model.configuration.parameterCount(hasPooler: false) == model.parameterCount)
    }
  }

  @Test func `a model with biases everywhere reads them, and zeros change nothing`() throws {
    let flags = ["norm_bias", "attention_bias", "mlp_bias", "classifier_bias"]
    let biases: [String: Any?] = Dictionary(uniqueKeysWithValues: flags.map { ($0, true) })
    func states(of value: Float) throws -> [Float] {
      try load(
        biases,
        weights: { weights in
          for (name, weight) in weights where name != "embeddings.tok_embeddings.weight" {
            weights[name.replacing(/weight$/, with: "bias")] = Tensor(
              repeating: value, shape: [weight.shape[0]])
          }
        }
      ) { model, weights in
        #expect(model.parameterCount == weights.parameterCount)
        #expect(model.configuration.parameterCount() == weights.parameterCount)
        return pooled(model, .pooler)
      }
    }
    let plain = pooled(try TinyModernBERT.load(), .pooler)
    let (zeros, others) = (try states(of: 0), try states(of: 0.1))
    #expect(gap(zeros, plain) < 1e-5 && gap(others, plain) > 1e-3)
  }

  @Test func `what is missing or of another shape is named`() {
    let name = "layers.1.attn_norm.weight"
    #expect(complaint(weights: { $0[name] = nil }).hasSuffix("has no tensor `\(name)`."))
    let wide = complaint(weights: { $0["layers.0.mlp.Wi.weight"] = Tensor(zeros: [40, 24]) })
    #expect(wide.hasSuffix("has shape [40, 24]; the configuration asks for [80, 24]."))
    #expect(
      complaint(["norm_bias": true]).hasSuffix("has no tensor `embeddings.norm.bias`."))
  }

  @Test func `a tensor that nobody knows is told`() throws {
    try load(weights: { $0["layers.0.attn_norm.weight"] = Tensor(zeros: [24]) }) { model, weights in
      let unknown = try model.configuration.check(weights)
      #expect(unknown == ["layers.0.attn_norm.weight"])
    }
  }
}
