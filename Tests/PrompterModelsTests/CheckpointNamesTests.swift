// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterAutodiff
import PrompterCheckpoint
import PrompterCore
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

/// Checkpoints as they are published: the names and sizes are public, the values those of the
/// fixtures.
@Suite struct CheckpointNamesTests {
  private static func weights(
    _ source: URL, _ change: (inout [String: Tensor]) -> Void
  ) throws -> (weights: Weights, folder: URL) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "names-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = try SafetensorsFile(contentsOf: source.appending(path: "model.safetensors"))
    var tensors = try file.names.reduce(into: [:]) { $0[$1] = try file.tensor($1) }
    change(&tensors)
    try SafetensorsFile.write(
      tensors, metadata: ["format": "pt"], to: folder.appending(path: "model.safetensors"))
    return (try Weights(contentsOf: folder), folder)
  }

  @discardableResult
  private static func withWeights<Result>(
    _ source: URL, _ change: (inout [String: Tensor]) -> Void, _ body: (Weights) throws -> Result
  ) throws -> Result {
    let (weights, folder) = try weights(source, change)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(weights)
  }

  // MARK: BERT

  private static func states(_ bert: PostNormEncoder) -> [Float] {
    bert.sequenceStates(
      of: Batch(TinyBERT.texts(lengths: [9, 4])), prompts: .none(layerCount: 3), pooling: .pooler,
      dropout: 0, in: .inference()
    ).value.values
  }

  private static func oldNames(_ tensors: inout [String: Tensor]) {
    tensors = Dictionary(
      uniqueKeysWithValues: tensors.map { name, tensor in
        for (new, old) in [("LayerNorm.weight", "gamma"), ("LayerNorm.bias", "beta")]
        where name.hasSuffix(new) {
          return (name.dropLast(new.count) + "LayerNorm." + old, tensor)
        }
        return (name, tensor)
      })
  }

  private static func heads(_ tensors: inout [String: Tensor]) {
    tensors = Dictionary(uniqueKeysWithValues: tensors.map { ("bert." + $0, $1) })
    tensors["cls.predictions.bias"] = Tensor(zeros: [120])
    tensors["cls.predictions.transform.dense.weight"] = Tensor(zeros: [32, 32])
    tensors["cls.predictions.transform.LayerNorm.gamma"] = Tensor(zeros: [32])
    tensors["cls.predictions.transform.LayerNorm.beta"] = Tensor(zeros: [32])
    tensors["cls.predictions.decoder.weight"] = Tensor(zeros: [120, 32])
    tensors["cls.seq_relationship.weight"] = Tensor(zeros: [2, 32])
  }

  @Test(arguments: ["uncased", "cased with new names", "MiniLM", "E5", "old names without heads"])
  func `every published layout of BERT is the same model`(layout: String) throws {
    let found = try Self.withWeights(TinyBERT.folder) { tensors in
      switch layout {
      case "uncased":
        Self.oldNames(&tensors)
        Self.heads(&tensors)
      case "cased with new names": Self.heads(&tensors)
      case "MiniLM", "E5": tensors["embeddings.position_ids"] = Tensor(zeros: [1, 64])
      default: Self.oldNames(&tensors)
      }
    } _: { weights in
      let configuration = try BERT.Configuration(contentsOf: TinyBERT.folder)
      #expect(try configuration.check(weights).isEmpty)
      return Self.states(try PostNormEncoder(from: weights, configuration))
    }
    #expect(try found == Self.states(TinyBERT.load()))
  }

  @Test func `a weight under two names must be one`() throws {
    let configuration = try BERT.Configuration(contentsOf: TinyBERT.folder)
    let (new, old) = ("embeddings.LayerNorm.weight", "embeddings.LayerNorm.gamma")
    let same = try Self.withWeights(TinyBERT.folder) {
      $0[old] = $0[new]
    } _: {
      Self.states(try PostNormEncoder(from: $0, configuration))
    }
    #expect(try same == Self.states(TinyBERT.load()))
    try Self.withWeights(TinyBERT.folder) {
      $0[old] = Tensor(zeros: [32])
    } _: { weights in
      #expect {
        try PostNormEncoder(from: weights, configuration)
      } throws: {
        "\($0)".contains("`\(old)` and `\(new)` are names of one weight")
          && "\($0)".contains("different values")
      }
    }
  }

  @Test func `what is read over is told`() throws {
    try Self.withWeights(TinyBERT.folder) {
      $0["encoder.layer.7.output.dense.weight"] = Tensor(zeros: [32, 64])
      $0["classifier.weight"] = Tensor(zeros: [2, 32])
    } _: { weights in
      let unread = try BERT.Configuration(contentsOf: TinyBERT.folder).check(weights)
      #expect(unread == ["encoder.layer.7.output.dense.weight"])
    }
  }

  @Test func `a check of the headers misses no tensor that loading needs`() throws {
    let shape = try BERT.Configuration(contentsOf: TinyBERT.folder)
    for name in try Weights(contentsOf: TinyBERT.folder).names {
      try Self.withWeights(TinyBERT.folder) {
        $0[name] = nil
      } _: { weights in
        #expect("\(name) is needed") { try shape.check(weights) } throws: {
          "\($0)".hasSuffix("has no tensor `\(name)`.")
        }
      }
    }
    for model in TinyT5.names {
      let source = TinyT5.fixtures.appending(path: model)
      let shape = try T5.Configuration(contentsOf: source)
      for name in try Weights(contentsOf: source).names where name != "lm_head.weight" {
        try Self.withWeights(source) {
          $0["lm_head.weight"] = nil
          $0[name] = nil
        } _: { weights in
          #expect("\(name) is needed") { try shape.check(weights) } throws: {
            "\($0)".hasSuffix("has no tensor `\(name)`.")
          }
        }
      }
    }
  }

  // MARK: T5

  private static let copies = ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"]

  @Test(arguments: ["as PyTorch saves it", "tied output only", "with a head"])
  func `every published layout of T5 is the same model`(layout: String) throws {
    let source = TinyT5.fixtures.appending(path: "t5-1.0")
    let (count, row) = try Self.withWeights(source) { tensors in
      switch layout {
      case "as PyTorch saves it":
        for name in Self.copies + ["lm_head.weight"] { tensors[name] = tensors["shared.weight"] }
        tensors["decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"] =
          Tensor(zeros: [32, 4])
      case "tied output only":
        tensors["lm_head.weight"] = tensors.removeValue(forKey: "shared.weight")
      default:
        tensors = Dictionary(uniqueKeysWithValues: tensors.map { ("transformer." + $0, $1) })
        tensors["classification_head.dense.weight"] = Tensor(zeros: [8, 8])
      }
    } _: { weights in
      let configuration = try T5.Configuration(contentsOf: source)
      #expect(try configuration.check(weights).isEmpty)
      let model = try T5(from: weights, configuration)
      return (model.parameterCount, model.wordEmbeddings(of: [7]).values)
    }
    let expected = try TinyT5("t5-1.0").model
    #expect(count == expected.parameterCount && row == expected.wordEmbeddings(of: [7]).values)
  }

  // transformers 5 gives each stack its own table then: "we will NOT tie them".
  @Test func `embeddings that stacks do not share are refused`() throws {
    let source = TinyT5.fixtures.appending(path: "t5-1.1")
    try Self.withWeights(source) {
      $0[Self.copies[0]] = $0["shared.weight"].map { Tensor(zeros: $0.shape) }
    } _: { weights in
      #expect {
        try T5(from: weights, T5.Configuration(contentsOf: source))
      } throws: {
        "\($0)".contains("`shared.weight` and `encoder.embed_tokens.weight` hold different values")
      }
    }
  }
}
