// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterCheckpoint
import PrompterCore
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

/// Adapters of PEFT's that do not say all of the model that they are for.
@Suite struct PEFTDepthTests {
  // Three encoder layers and one of the decoder, as in ByT5; PEFT 0.21.2's generate writes "".
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fixtures/cases/08-peft-t5-unequal-depths").standardizedFileURL

  private static func model() throws -> PretrainedModel {
    try PretrainedModel(contentsOf: folder.appending(component: "model"))
  }

  private static func adapter(
    _ change: (inout [String: Any]) -> Void, tensors: [String: Tensor]? = nil
  ) throws -> (PromptBench, Prompt) {
    let bench = try PromptBench()
    try FileManager.default.copyItem(at: folder.appending(component: "adapter"), to: bench.prompt)
    let file = bench.prompt.appending(component: "adapter_config.json")
    var keys =
      try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
    change(&keys)
    try JSONSerialization.data(withJSONObject: keys).write(to: file)
    if let tensors {
      try SafetensorsFile.write(
        tensors, metadata: [:], to: bench.prompt.appending(component: "adapter_model.safetensors"))
    }
    return (bench, try Prompt(contentsOf: bench.prompt))
  }

  @Test func `an input prompt fits a model whose stacks are of unequal depths`() throws {
    let (_, prompt) = try Self.adapter { _ in }
    #expect(prompt.card.backbone.decoderLayers == nil)
    var predictor = try Predictor(model: Self.model(), prompts: [("p", prompt)])
    predictor.maximumTargetLength = 5
    #expect(try predictor.predict([Query("good film")]).first?.text == "")
  }

  @Test(arguments: ["num_layers", "num_attention_heads", "token_dim", "num_transformer_submodules"])
  func `what an adapter leaves open is not made up`(key: String) throws {
    for value in [nil, NSNull()] as [Any?] {
      let (_, prompt) = try Self.adapter { $0[key] = value }
      try prompt.check(against: Self.model())
      #expect(prompt.card.backbone.width == 8)
      #expect((prompt.card.backbone.layers == 0) == (key == "num_layers"))
    }
  }

  @Test func `a prefix of PEFT's fits a decoder that is less deep, as there`() throws {
    var random = SeededRandom(seed: 4)
    func prefix(layers: Int) throws -> Prompt {
      try Self.adapter(
        {
          $0["peft_type"] = "PREFIX_TUNING"
          $0["num_layers"] = layers
        }, tensors: ["prompt_embeddings": random.tensor([2, layers * 2 * 8])]
      ).1
    }
    let three = try prefix(layers: 3)
    _ = try Predictor(model: Self.model(), prompts: [("p", three)]).predict([Query("good film")])
  }

  @Test func `a message shows all that differs`() throws {
    let (_, prompt) = try Self.adapter { $0["num_layers"] = 4 }
    expect(
      "The prompt was trained on model (t5, 4 layers of width 8, 2 heads); model (t5, 3 layers of "
        + "width 8, 1 in the decoder, 2 heads) does not fit."
    ) { try prompt.check(against: Self.model()) }
  }

  @Test func `an adapter that PyTorch saved is read like any other`() throws {
    let bench = try PromptBench()
    try FileManager.default.createDirectory(at: bench.prompt, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: Self.folder.appending(path: "adapter/adapter_config.json"),
      to: bench.prompt.appending(component: "adapter_config.json"))
    try FileManager.default.copyItem(
      at: Self.folder.appending(path: "adapter_model.bin"),
      to: bench.prompt.appending(component: "adapter_model.bin"))
    let (_, expected) = try Self.adapter { _ in }
    let prompt = try Prompt(contentsOf: bench.prompt)
    expectSameBits(
      try #require(prompt.folded.input), try #require(expected.folded.input))
  }
}
