// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterCore
import PrompterModels
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

/// One line in the list is all that a new family needs to be loaded, trained, saved and asked.
@Suite struct NewFamilyTests {
  private static let (width, layers) = (32, 2)

  // A folder with a mixer of random weights and the toy tasks' words.
  private func folder(in bench: PromptBench) throws -> URL {
    let folder = bench.folder.appending(component: "mixer")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let configuration: [String: Any] = [
      "model_type": "mixer-small", "hidden_size": Self.width, "num_hidden_layers": Self.layers,
      "num_attention_heads": 4, "vocab_size": 120,
    ]
    try JSONSerialization.data(withJSONObject: configuration)
      .write(to: folder.appending(component: "config.json"))
    try FileManager.default.copyItem(
      at: Toy.folder.appending(component: "vocab.txt"),
      to: folder.appending(component: "vocab.txt"))
    try SafetensorsFile.write(
      weights(), metadata: ["format": "pt"],
      to: folder.appending(component: "model.safetensors"))
    return folder
  }

  private func weights() -> [String: Tensor] {
    var random = SeededRandom(seed: 5)
    var weights = ["words.weight": random.tensor([120, Self.width])]
    for layer in 0..<Self.layers {
      for part in ["query", "key", "value", "output"] {
        weights["layer.\(layer).\(part).weight"] = random.tensor(
          [Self.width, Self.width], in: -0.3...0.3)
        weights["layer.\(layer).\(part).bias"] = random.tensor([Self.width], in: -0.1...0.1)
      }
      weights["layer.\(layer).norm.weight"] = Tensor(repeating: 1, shape: [Self.width])
      weights["layer.\(layer).norm.bias"] = Tensor(zeros: [Self.width])
    }
    return weights
  }

  private func withMixers<Result>(_ body: () throws -> Result) rethrows -> Result {
    try ModelFamilies.$all.withValue(ModelFamilies.all + [MixerFamily.self], operation: body)
  }

  @Test func `a model of a new family is loaded, prompted, saved and asked`() throws {
    let bench = try PromptBench()
    let folder = try folder(in: bench)
    try withMixers {
      let model = try PretrainedModel(contentsOf: folder, precision: .float32)
      #expect(model.family == "mixer" && model.textWriter == nil && model.notes.isEmpty)
      #expect(model.backbone.parameterCount == weights().values.reduce(0) { $0 + $1.shape.count })
      #expect(try PretrainedModel.check(contentsOf: folder).isEmpty)
      let trainer = try Trainer(
        model: model, method: Toy.method("plain"), plan: Toy.plan(.epochs(6)))
      let outcome = try trainer.train(task: Toy.task, training: Toy.more)
      let losses = outcome.prompt.card.history.map(\.loss)
      #expect(try #require(losses.last) < 0.8 * #require(losses.first))
      try outcome.prompt.write(to: bench.prompt)
      let read = try Prompt(contentsOf: bench.prompt)
      #expect(read.card.backbone.family == "mixer")
      try read.check(against: model, identity: model.identity())
      let queries = ["the film was good", "a dull story"].map { Query($0) }
      func answers(_ prompt: Prompt) throws -> [[Double]] {
        try Predictor(model: model, prompts: [("toy", prompt)], threads: 1).predict(queries)
          .map(\.probabilities)
      }
      #expect(try answers(read) == answers(outcome.prompt))
      #expect(try answers(read)[0] != answers(read)[1])
    }
  }

  @Test func `training and asking leave its weights as they are`() throws {
    let bench = try PromptBench()
    let folder = try folder(in: bench)
    try withMixers {
      let model = try PretrainedModel(contentsOf: folder, precision: .float32)
      let ids = (0..<Int32(120)).map { $0 }
      let trainer = try Trainer(
        model: model, method: Toy.method("plain"), plan: Toy.plan(.steps(2)))
      _ = try trainer.train(task: Toy.task, training: Toy.training)
      let words = try #require(weights()["words.weight"])
      #expect(model.backbone.wordEmbeddings(of: ids).values == words.values)
      #expect(model.backbone.trainedParameters.isEmpty)
    }
  }

  @Test func `without its line in the list it is refused`() throws {
    let bench = try PromptBench()
    let folder = try folder(in: bench)
    let error = #expect(throws: BackboneError.self) {
      try PretrainedModel(contentsOf: folder, precision: .float32)
    }
    let text = String(describing: error)
    #expect(text.contains("mixer-small") && text.contains("`albert` or `bert` or "))
  }

  @Test func `what PEFT and transformers call its head is not known`() throws {
    var prompt = Prompt.sample()
    prompt.card.backbone.family = "mixer"
    withMixers {
      #expect(prompt.peftObstacle?.contains("family mixer") == true)
      #expect(!prompt.isTransformersClassifier)
    }
  }
}
