// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterAnswering
import PrompterAutodiff
import PrompterCheckpoint
import PrompterCore
import PrompterMethods
import PrompterNN
import PrompterTasks
import PrompterTensor
import PrompterToySupport
import Testing

/// A run of a kind of task recorded from PyTorch; Scripts/make-kind-fixtures.py says what its file
/// holds, and Scripts/make-masked-head-fixtures.py where a model's own head is asked.
struct KindGolden<Kind: HeadKind> {
  /// The file's metadata.
  struct Description: Decodable {
    let method: String
    let promptLength: Int
    let mlpHidden: Int?
    let learningRate: Double
    let clipNorm: Double
    let warmUpSteps: Int
    let totalSteps: Int
    let steps: Int
    let learningRates: [Double]
  }

  let kind: Kind
  let file: SafetensorsFile
  let run: Description
  let backbone: any Backbone
  let method: any PromptMethod
  let head: Linear
  let pooling: Pooling
  let rows: [ReadRow]
  var targets: [Kind.Target]

  static var fixtures: URL {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures")
      .standardizedFileURL
  }

  init(
    _ name: String, _ kind: Kind, on backbone: (any Backbone)? = nil, in folder: String = "kinds",
    _ targets: (SafetensorsFile) throws -> [Kind.Target]
  ) throws {
    let file = try SafetensorsFile(
      contentsOf: Self.fixtures.appending(path: "\(folder)/\(name).safetensors"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    run = try decoder.decode(Description.self, from: Data(#require(file.metadata["case"]).utf8))
    (self.kind, self.file, self.targets) = (kind, file, try targets(file))
    let backbone = try backbone ?? Toy.model().backbone
    self.backbone = backbone
    pooling = kind.pooling ?? .cls
    method = try Self.method(run, file, on: backbone)
    func trained(_ name: String) throws -> Parameter {
      Parameter(name, try file.tensor("parameter." + name), isTrained: true)
    }
    head =
      try kind.givenHead(of: backbone).map {
        Linear(
          weight: Parameter("head.weight", $0.weight, isTrained: $0.isTrained),
          bias: Parameter("head.bias", $0.bias, isTrained: $0.isTrained))
      } ?? Linear(weight: trained("head.weight"), bias: trained("head.bias"))
    rows = try Self.rows(
      of: file, inputLength: run.method == "prompt-tuning" ? run.promptLength : 0)
  }

  private static func method(
    _ run: Description, _ file: SafetensorsFile, on backbone: any Backbone
  ) throws -> any PromptMethod {
    guard run.method != "prompt-tuning" else {
      return PromptTuning(try file.tensor("parameter.input"), layerCount: backbone.layerCount)
    }
    let method = PTuningV2(
      promptLength: run.promptLength, layers: 0..<backbone.layerCount,
      size: PTuningV2.Size(layerCount: backbone.layerCount, width: backbone.width),
      reparameterization: run.mlpHidden.map { .mlp(hidden: $0) } ?? .none, dropout: 0, seed: 0)
    for parameter in method.parameters {
      parameter.value.buffer.update(from: try file.tensor("parameter." + parameter.name).values)
    }
    return method
  }

  private static func rows(of file: SafetensorsFile, inputLength: Int) throws -> [ReadRow] {
    func integers(_ name: String) throws -> [Int32] {
      try file.tensor(name).values.map { Int32($0) }
    }
    let (ids, segments) = (try integers("batch.ids"), try integers("batch.segments"))
    let offsets = try integers("batch.offsets").map { Int($0) }
    let reads = file.names.contains("reads") ? try integers("reads") : nil
    let count = (reads?.count ?? 0) / (offsets.count - 1)
    return zip(offsets, offsets.dropFirst()).enumerated().map { row, range in
      ReadRow(
        row: Row(
          text: Array(ids[range.0..<range.1]), segments: Array(segments[range.0..<range.1]),
          virtualTokens: inputLength),
        slots: reads.map { $0[count * row..<count * (row + 1)].map { $0 + Int32(inputLength) } })
    }
  }

  /// What is trained: the prompt's parameters and the head's.
  var parameters: [Parameter] { method.parameters + head.trainedParameters }

  /// What the head gives for all states that are read.
  func outputs(prompts: PromptState, in pass: Pass) -> Variable {
    head(
      backbone.readStates(
        of: rows, numbers: Array(rows.indices), prompts: prompts, above: nil, pooling: pooling,
        dropout: 0, in: pass), in: pass)
  }

  /// The loss of the whole batch and its gradients.
  func step(_ number: Int = 0) throws -> (loss: Double, gradients: [Tensor?]) {
    let pass = Pass.training(seed: 1, step: number)
    let loss = kind.loss(
      of: outputs(prompts: method.makeState(in: pass), in: pass), for: targets,
      scale: 1 / Float(targets.count), zLoss: 0)
    try #require(pass.tape).pullback(from: loss)
    return (Double(loss.value.values[0]), parameters.map { pass.gradient(of: $0) })
  }

  /// Expects logits, loss, gradients and ten losses to be PyTorch's.
  ///
  /// - Parameter logits: What the kind makes of the head's values [states read, outputs].
  /// - Throws: An error if the file lacks a tensor.
  func check(_ logits: (Variable) -> Variable) throws {
    let values = { (name: String) in try file.tensor(name).values }
    let own = logits(outputs(prompts: method.makeState(in: .inference()), in: .inference()))
    #expect(largestGap(own.value.values, try values("logits")) < 1e-4)
    let (losses, norms) = (try values("losses"), try values("norms").map { Double($0) })
    let first = try step()
    for (parameter, gradient) in zip(parameters, first.gradients) {
      let expected = try values("gradient." + parameter.name)
      let length = expected.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let gap = zip(try #require(gradient).values, expected)
        .reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
      // What all choices have in common changes no loss: there the gradient is rounding alone.
      #expect(gap <= 1e-3 * max(length, 1e-3 * Float(norms[0])), "\(parameter.name)")
    }
    var optimizer = AdamW(parameters, weightDecay: 0)
    for index in 0..<run.steps {
      let (loss, gradients) = try step(index)
      let norm = globalNorm(gradients)
      #expect(abs(loss - Double(losses[index])) < 1e-4, "step \(index)")
      #expect(abs(norm - norms[index]) < 1e-3 * norms[index], "step \(index)")
      optimizer.update(
        with: gradients, rate: Float(run.learningRates[index]),
        gradientScale: clippingFactor(norm: norm, limit: run.clipNorm))
    }
  }

  private func largestGap(_ left: [Float], _ right: [Float]) -> Float {
    left.count == right.count ? zip(left, right).map { abs($0 - $1) }.max() ?? 0 : .infinity
  }
}
