// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCheckpoint
import PrompterCore
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

/// Files that are as they should be, and sentences about those that are not.
@Suite struct DeBERTaV2LoadingTests {
  private func load<Result>(
    _ kind: String, _ change: (inout [String: Tensor]) -> Void,
    _ body: (DeBERTaV2) throws -> Result
  ) throws -> Result {
    try withChangedModel(TinyDeBERTa.folder(kind), weights: change) { folder in
      try body(
        DeBERTaV2(
          from: Weights(contentsOf: folder), DeBERTaV2.Configuration(contentsOf: folder)))
    }
  }

  private func pooled(_ model: DeBERTaV2) -> [Float] {
    model.sequenceStates(
      of: Batch(TinyEncoder.texts(lengths: [9, 4])), prompts: .none(layerCount: 3),
      pooling: .pooler, dropout: 0, in: .inference()
    ).value.values
  }

  @Test func `a classifier's file, whose pooler has no prefix, is the same model`() throws {
    let classifier = try load("deberta-v2") { weights in
      weights = Dictionary(
        uniqueKeysWithValues: weights.map {
          ($0.hasPrefix("pooler.") ? $0 : "deberta." + $0, $1)
        })
      weights["classifier.bias"] = Tensor(zeros: [2])
    } _: { model in
      #expect(model.hasPooler)
      return pooled(model)
    }
    #expect(try classifier == pooled(TinyDeBERTa.load("deberta-v2")))
  }

  @Test func `without a pooler [CLS] itself is read`() throws {
    let plain = try TinyDeBERTa.load("deberta-v3")
    #expect(!plain.hasPooler)
    let state = plain.sequenceStates(
      of: Batch(TinyEncoder.texts(lengths: [9, 4])), prompts: .none(layerCount: 3), pooling: .cls,
      dropout: 0, in: .inference())
    #expect(pooled(plain) == state.value.values)
  }

  @Test(arguments: [
    ("deberta-v2", "encoder.layer.1.attention.self.pos_key_proj.weight"),
    ("deberta-v2", "encoder.conv.conv.weight"), ("deberta-v2", "embeddings.embed_proj.weight"),
    ("deberta-v2", "pooler.dense.bias"), ("deberta-v3", "encoder.rel_embeddings.weight"),
    ("deberta-v3", "encoder.LayerNorm.bias"),
  ])
  func `a missing weight is named`(kind: String, name: String) throws {
    let error = #expect(throws: CheckpointError.self) {
      try load(kind, { $0[name] = nil }, { _ in })
    }
    #expect(error.map { "\($0)".contains("`\(name)`") } == true, "\(String(describing: error))")
  }

  @Test func `a table with a value that is not finite is refused when it is read`() throws {
    let error = #expect(throws: CheckpointError.self) {
      try load("deberta-v3") { weights in
        let table = weights["encoder.rel_embeddings.weight"]
        var values = table?.values ?? []
        values[5] = .nan
        weights["encoder.rel_embeddings.weight"] = Tensor(values, shape: [16, 24])
      } _: { _ in
      }
    }
    #expect(error.map { "\($0)".contains("rel_embeddings") } == true)
  }

  @Test func `a projection of positions that is not finite is found once it was multiplied`() throws
  {
    let name = "encoder.layer.2.attention.self.pos_query_proj.weight"
    try load("deberta-v2") { weights in
      var values = weights[name]?.values ?? []
      values[7] = .infinity
      weights[name] = Tensor(values, shape: [24, 24])
    } _: { model in
      #expect(model.unusableWeight == nil)
      _ = pooled(model)
      #expect(model.unusableWeight?.name == name)
    }
  }
}
