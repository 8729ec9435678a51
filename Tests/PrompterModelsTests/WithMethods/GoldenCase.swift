// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterAutodiff
import PrompterCheckpoint
import PrompterCore
import PrompterKernels
import PrompterMethods
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

/// One run recorded from PyTorch; Scripts/make-fixtures.py says what its file holds, whichever
/// family its model is of.
struct GoldenCase {
  /// The file's metadata.
  struct Description: Decodable {
    let method: String
    let pooling: Pooling
    let promptLength: Int
    let layers: [Int]
    let mlpHidden: Int?
    let labels: Int
    let learningRate: Double
    let weightDecay: Float
    let clipNorm: Double
    let schedule: Schedule
    let warmUpSteps: Int
    let totalSteps: Int
    let steps: Int
    let learningRates: [Double]
  }

  let source: GoldenFile
  let file: SafetensorsFile
  let run: Description
  let shape: any ModelConfiguration

  /// The names of BERT's golden files.
  static let names = GoldenFile.files(in: "bert").map(\.name)

  /// One of BERT's.
  init(_ name: String) throws {
    try self.init(GoldenFile(folder: "bert", name: name))
  }

  init(_ source: GoldenFile) throws {
    self.source = source
    shape = try ModelFamilies.configuration(from: ModelFolder(source.model))
    file = try SafetensorsFile(contentsOf: source.url)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    run = try decoder.decode(
      Description.self, from: Data(#require(file.metadata["case"]).utf8))
  }

  func values(_ name: String) throws -> [Float] { try file.tensor(name).values }

  func integers(_ name: String) throws -> [Int32] { try values(name).map { Int32($0) } }

  /// The prompted layers, counted from 0 as here and not from 1 as in the file.
  var layers: Range<Int> {
    (run.layers.min() ?? 1) - 1..<(run.layers.max() ?? 0)
  }

  /// The virtual tokens before each text.
  var inputLength: Int { run.method == "prompt-tuning" ? run.promptLength : 0 }

  func rows() throws -> [Row] {
    let ids = try integers("batch.ids")
    let segments = try integers("batch.segments")
    let offsets = try integers("batch.offsets").map { Int($0) }
    return zip(offsets, offsets.dropFirst()).map { begin, end in
      Row(
        text: Array(ids[begin..<end]), segments: Array(segments[begin..<end]),
        virtualTokens: inputLength)
    }
  }

  /// The method with the file's starting values.
  func method(for backbone: any Backbone) throws -> any PromptMethod {
    guard run.method.hasPrefix("p-tuning-v2") else {
      return run.method == "prompt-tuning"
        ? PromptTuning(try file.tensor("parameter.input"), layerCount: backbone.layerCount)
        : NoPrompt(layerCount: backbone.layerCount)
    }
    let method = PTuningV2(
      promptLength: run.promptLength, layers: layers,
      size: PTuningV2.Size(layerCount: backbone.layerCount, width: backbone.width),
      reparameterization: run.mlpHidden.map { .mlp(hidden: $0) } ?? .none, dropout: 0, seed: 0)
    for parameter in method.parameters {
      let stored = try prompted(file.tensor("parameter." + parameter.name), like: parameter)
      parameter.value.buffer.update(from: stored)
    }
    return method
  }

  /// The values of a tensor of the file that a parameter holds: of a table over all layers, the
  /// blocks of the prompted ones.
  func prompted(_ tensor: Tensor, like parameter: Parameter) -> [Float] {
    guard parameter.name == "prompt" else { return tensor.values }
    let block = tensor.columns / shape.layerCount
    let kept = layers.lowerBound * block..<layers.upperBound * block
    return columns(kept, of: Variable(tensor)).value.values
  }

  /// The whole run as it starts.
  func trainingRun(replicas: Int = 1, precision: Precision = .float32) throws -> TrainingRun {
    _ = ThreadTeam(count: 1)  // as every replica does
    let backbone = try shape.backbone(
      from: Weights(contentsOf: source.model), isTrained: run.method == "fine-tuning",
      replacing: [:], precision: precision)
    func trained(_ name: String) throws -> Parameter {
      Parameter(name, try file.tensor("parameter." + name), isTrained: true)
    }
    return try TrainingRun(
      backbone: backbone, method: method(for: backbone),
      head: Linear(weight: trained("head.weight"), bias: trained("head.bias")), rows: rows(),
      labels: integers("labels"), pooling: run.pooling, replicas: replicas)
  }
}
