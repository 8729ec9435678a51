// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCheckpoint
import PrompterCore
import PrompterMethods
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

/// The numbers of PyTorch and transformers, over the kinds of T5.
@Suite struct T5GoldenTests {
  @Test(arguments: TinyT5.names)
  func `the encoder's states are transformers'`(name: String) throws {
    let golden = try TinyT5(name)
    let hidden = golden.model.hiddenStates(
      of: try golden.batch(), prompts: .none(layerCount: golden.model.layerCount), reading: .all,
      dropout: 0, in: .inference())
    try #expect(gap(hidden.value.values, golden.values("hidden")) < 1e-4)
  }

  @Test(arguments: TinyT5.names)
  func `logits and losses are transformers', with a prompt, two and none`(name: String) throws {
    let golden = try TinyT5(name)
    let none = golden.state(FoldedPrompt())
    try #expect(gap(golden.logits(none).value.values, golden.values("logits")) < 1e-4)
    for (kind, decoder) in [("input", false), ("both", true)] {
      let state = golden.state(try golden.prompt(input: true, decoder: decoder))
      try #expect(gap(golden.logits(state).value.values, golden.values(kind + ".logits")) < 1e-4)
      try #expect(gap(golden.loss(state).value.values, golden.values(kind + ".loss")) < 1e-4)
    }
  }

  @Test(arguments: TinyT5.names)
  func `the gradients of both prompts are PyTorch's`(name: String) throws {
    let golden = try TinyT5(name)
    let (gradients, _) = try step(golden, method(golden), number: 0)
    for (gradient, name) in zip(gradients, ["input", "decoder_input"]) {
      try #expect(relativeGap(gradient.values, golden.values("both.gradient." + name)) < 1e-3)
    }
  }

  @Test(arguments: TinyT5.names)
  func `ten steps of AdamW lose what PyTorch's lose`(name: String) throws {
    let golden = try TinyT5(name)
    let method = try method(golden)
    var optimizer = AdamW(method.parameters)
    for (index, expected) in try golden.values("adamw.losses").enumerated() {
      let (gradients, loss) = try step(golden, method, number: index)
      #expect(abs(loss - expected) < 1e-4, "step \(index)")
      optimizer.update(with: gradients, rate: 0.05)
    }
  }

  @Test(arguments: TinyT5.names)
  func `ten steps of Adafactor lose what T5X's rule loses in PyTorch`(name: String) throws {
    let golden = try TinyT5(name)
    // Steps of 0.3 need a prompt that is longer than they are.
    let start = try golden.tensor("input")
    let method = PromptTuning(
      Tensor(start.values.map { 8 * $0 }, shape: start.shape),
      layerCount: golden.model.layerCount)
    var optimizer = Adafactor(method.parameters, weightDecay: 1e-5)
    for (index, expected) in try golden.values("adafactor.losses").enumerated() {
      let (gradients, loss) = try step(golden, method, number: index)
      #expect(abs(loss - expected) < 1e-4, "step \(index)")
      optimizer.update(with: gradients, rate: 0.3, gradientScale: 1)
    }
  }

  @Test(arguments: TinyT5.names)
  func `deep prompts stand before the encoder's text`(name: String) throws {
    let golden = try TinyT5(name)
    let model = golden.model
    let deep = FoldedPrompt.Deep(table: try golden.tensor("deep"), layers: 0..<model.layerCount)
    let size = PTuningV2.Size(
      layerCount: model.layerCount, width: model.width, attentionWidth: model.attentionWidth)
    let method = PTuningV2(deep, size: size, dropout: 0)
    let pass = Pass.training(seed: 1, step: 0)
    let hidden = model.hiddenStates(
      of: try golden.batch(), prompts: method.makeState(in: pass), reading: .all, dropout: 0,
      in: pass)
    try #expect(gap(hidden.value.values, golden.values("deep.hidden")) < 1e-4)
    let tape = try #require(pass.tape)
    tape.pullback(from: hidden, seed: try golden.tensor("probe"))
    let gradient = try #require(pass.gradient(of: method.parameters[0]))
    try #expect(relativeGap(gradient.values, golden.values("deep.gradient")) < 1e-3)
    let served = model.hiddenStates(
      of: try golden.batch(), prompts: golden.state(method.folded()), reading: .all, dropout: 0,
      in: .inference())
    #expect(served.value.values == hidden.value.values)
  }

  @Test(arguments: ["t5-1.0", "t5-1.1"])
  func `a trained model's gradients are PyTorch's, weight by weight`(name: String) throws {
    let golden = try TinyT5(name, isTrained: true)
    let pass = Pass.training(seed: 1, step: 0)
    let loss = try golden.loss(golden.state(FoldedPrompt()), in: pass)
    try #expect(gap(loss.value.values, golden.values("loss")) < 1e-4)
    try #require(pass.tape).pullback(from: loss)
    var compared: Set<String> = []
    for parameter in golden.model.trainedParameters {
      let gradient = try #require(pass.gradient(of: parameter))
      for (name, found) in parts(of: gradient, like: parameter) {
        #expect(try relativeGap(found, golden.values("gradient." + name)) < 1e-3, "\(name)")
        compared.insert("gradient." + name)
      }
    }
    #expect(compared == Set(golden.file.names.filter { $0.hasPrefix("gradient.") }))
  }

  // Both prompts of the file.
  private func method(_ golden: TinyT5) throws -> PromptTuning {
    PromptTuning(
      try golden.tensor("input"), decoderVectors: try golden.tensor("decoder_input"),
      layerCount: golden.model.layerCount)
  }

  // The gradients of a method's parameters and the loss.
  private func step(
    _ golden: TinyT5, _ method: PromptTuning, number: Int
  ) throws -> (gradients: [Tensor], loss: Float) {
    let pass = Pass.training(seed: 1, step: number)
    let loss = try golden.loss(method.makeState(in: pass), in: pass)
    try #require(pass.tape).pullback(from: loss)
    return (
      try method.parameters.map { try #require(pass.gradient(of: $0)) }, loss.value.values[0]
    )
  }
}
