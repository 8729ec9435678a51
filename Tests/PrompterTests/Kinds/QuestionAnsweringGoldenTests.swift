// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterAnswering
import PrompterAutodiff
import PrompterCheckpoint
import PrompterCore
import PrompterKernels
import PrompterMethods
import PrompterNN
import PrompterPrompts
import PrompterTasks
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

/// The numbers of PyTorch for question answering; Scripts/make-span-fixtures.py says what they are.
@Suite struct QuestionAnsweringGoldenTests {
  private static let names = ["p-tuning-v2", "p-tuning-v2-mlp", "prompt-tuning"].flatMap { method in
    ["\(method)-48", "\(method)-22"]
  }

  @Test(arguments: names)
  func `rows are transformers' windows, and answers are where its programs have them`(
    name: String
  ) throws {
    let golden = try SpanGolden(name)
    let encoded = golden.encoded
    let offsets = try golden.integers("batch.offsets").map { Int($0) }
    let ids = try golden.integers("batch.ids")
    #expect(
      encoded.rows.map(\.ids) == zip(offsets, offsets.dropFirst()).map { Array(ids[$0..<$1]) })
    #expect(try encoded.rows.flatMap(\.segments) == golden.integers("batch.segments"))
    #expect(
      try encoded.rows.flatMap { $0.reads ?? [] } == golden.integers("reads").map { Int($0) })
    #expect(
      try (0..<encoded.count).map { encoded.rows(of: $0).count }
        == golden.counts("batch.examples"))
    let places = encoded.targets.flatMap(\.places)
    #expect(try places.map(\.start) == golden.integers("starts"))
    #expect(try places.map(\.end) == golden.integers("ends"))
  }

  @Test(arguments: names)
  func `scores, loss and gradients are PyTorch's`(name: String) throws {
    let golden = try SpanGolden(name)
    let scores = golden.scores(in: .inference()).value.values
    let expected = try golden.values("logits")
    #expect(scores.count == expected.count)
    #expect(zip(scores, expected).allSatisfy { abs($0 - $1) < 1e-4 })
    let step = golden.step(0)
    #expect(try abs(step.loss - Double(golden.values("loss")[0])) < 1e-4)
    let norm = globalNorm(step.gradients)
    for (parameter, gradient) in zip(golden.parameters, step.gradients) {
      let expected = try golden.values("gradient.\(parameter.name)").map { Double($0) }
      let found = try #require(gradient).values.map { Double($0) }
      // A bias shifts all scores of a window alike, so that its true gradient is 0.
      let length =
        parameter.name == "head.bias" ? norm : expected.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let gap = zip(found, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
      #expect(found.count == expected.count && gap < 1e-3 * length, "\(parameter.name)")
    }
  }

  @Test(arguments: names)
  func `ten steps of training lose what PyTorch's lose`(name: String) throws {
    let golden = try SpanGolden(name)
    let losses = try golden.values("losses").map { Double($0) }
    var optimizer = AdamW(golden.parameters, weightDecay: 0)
    for (index, expected) in losses.enumerated() {
      let step = golden.step(index)
      #expect(abs(step.loss - expected) < 1e-4, "step \(index)")
      let factor = Schedule.linear.factor(step: index, of: 20, warmup: 2, epoch: 0)
      optimizer.update(
        with: step.gradients, rate: Float(1e-2 * factor),
        gradientScale: clippingFactor(norm: globalNorm(step.gradients), limit: 1))
    }
  }
}

/// A run recorded from PyTorch, and the same here.
private struct SpanGolden {
  let encoded: EncodedExamples<SpanTarget>
  let parameters: [Parameter]

  private let file: SafetensorsFile
  private let kind: QuestionAnswering
  private let model: PretrainedModel
  private let method: any PromptMethod
  private let head: Linear
  private let shape: FoldedPrompt

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Fixtures/spans").standardizedFileURL

  init(_ name: String) throws {
    let file = try SafetensorsFile(
      contentsOf: Self.folder.appending(component: "\(name).safetensors"))
    let model = try Toy.model()
    let kind = QuestionAnswering(
      TaskDescription(
        kind: .questionAnswering, spans: SpanDescription(overlap: 5, allowsNoAnswer: true)))
    let questions = try kind.examples(
      of: ExampleFile(Self.folder.appending(component: "questions.jsonl")), for: .training)
    let length = try #require(name.split(separator: "-").last.flatMap { Int($0) })
    encoded = try kind.encoded(
      questions,
      by: TextReader(
        tokenizer: model.tokenizer, maximumLength: length,
        within: TextLimits(of: model.backbone, occupiedPositions: 5)))
    func trained(_ name: String) throws -> Parameter {
      Parameter(name, try file.tensor("parameter." + name), isTrained: true)
    }
    head = try Linear(weight: trained("head.weight"), bias: trained("head.bias"))
    method = try Self.method(file, model.backbone)
    shape = method.folded()
    parameters = method.parameters + head.parameters
    (self.file, self.model, self.kind) = (file, model, kind)
  }

  private static func method(
    _ file: SafetensorsFile, _ backbone: any Backbone
  ) throws -> any PromptMethod {
    if let input = try? file.tensor("parameter.input") {
      return PromptTuning(input, layerCount: backbone.layerCount)
    }
    let hidden = try? file.tensor("parameter.mlp.0.weight").rows
    let length = try file.tensor(hidden == nil ? "parameter.prompt" : "parameter.embedding").rows
    let method = PTuningV2(
      promptLength: length, layers: 0..<backbone.layerCount,
      size: PTuningV2.Size(layerCount: backbone.layerCount, width: backbone.width),
      reparameterization: hidden.map { .mlp(hidden: $0) } ?? .none, dropout: 0, seed: 0)
    for parameter in method.parameters {
      parameter.value.buffer.update(from: try file.tensor("parameter." + parameter.name).values)
    }
    return method
  }

  func values(_ name: String) throws -> [Float] { try file.tensor(name).values }

  func integers(_ name: String) throws -> [Int32] { try values(name).map { Int32($0) } }

  /// The differences of neighbouring numbers.
  func counts(_ name: String) throws -> [Int] {
    let numbers = try integers(name).map { Int($0) }
    return zip(numbers, numbers.dropFirst()).map { $1 - $0 }
  }

  /// The scores of all that is read.
  func scores(in pass: Pass) -> Variable {
    let rows = encoded.rows.map {
      ReadRow(row: $0.row(under: shape), slots: $0.slots(under: shape))
    }
    let states = model.backbone.readStates(
      of: rows, numbers: Array(rows.indices), prompts: method.makeState(in: pass), above: nil,
      pooling: .cls, dropout: 0, in: pass)
    return head(states, in: pass)
  }

  /// The loss of all questions and its gradients, one for each of the parameters.
  func step(_ number: Int) -> (loss: Double, gradients: [Tensor?]) {
    let pass = Pass.training(seed: 1, step: number)
    let loss = kind.loss(
      of: scores(in: pass), for: encoded.targets, scale: 1 / Float(encoded.count), zLoss: 0)
    pass.tape?.pullback(from: loss)
    return (Double(loss.value.values[0]), parameters.map { pass.gradient(of: $0) })
  }
}
