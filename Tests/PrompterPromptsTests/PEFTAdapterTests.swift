// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterAutodiff
import PrompterCheckpoint
import PrompterCore
import PrompterNN
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

@Suite struct PEFTAdapterTests {
  @Test(
    arguments: [
      ("peft-prefix", "logits"), ("peft-prefix-projection", "logits"),
      ("peft-prompt", "logits.correct"),
    ])
  func `PEFT's adapters give PEFT's logits`(fixture: String, logits: String) throws {
    let folder = PromptBench.fixture(fixture)
    let prompt = try Prompt(contentsOf: folder)
    let expected = try SafetensorsFile(
      contentsOf: folder.appending(component: "expected.safetensors"))
    let found = try prompt.logits(
      of: expected.rows(virtualTokens: prompt.folded.inputLength),
      on: PretrainedModel(contentsOf: PromptBench.fixture("model"), precision: .float32).backbone)
    expectClose(found, try expected.tensor(logits), absolute: 1e-4, relative: 0)
  }

  @Test func `an adapter's card has what its files tell`() throws {
    let card = try Prompt(contentsOf: PromptBench.fixture("peft-prefix-projection")).card
    #expect(card.method == .pTuningV2)
    #expect(card.labels == ["LABEL_0", "LABEL_1", "LABEL_2"])
    #expect(card.pooling == .pooler)
    #expect(card.promptLength == 5)
    #expect(card.promptLayers == [1, 3])
    #expect(card.maximumLength == 507)
    #expect(card.trainableParameters == 5 * 3 * 2 * 32 + 3 * 32 + 3)
    #expect(card.backbone.name == "tiny-bert")
    #expect(card.backbone.sha256 == nil)
  }

  @Test func `what is read from PEFT is written as PEFT writes it`() throws {
    let bench = try PromptBench()
    let fixture = PromptBench.fixture("peft-prefix")
    try Prompt(contentsOf: fixture).write(to: bench.prompt)
    func object(_ folder: URL) throws -> [String: NSObject] {
      let data = try Data(contentsOf: folder.appending(component: "adapter_config.json"))
      return try #require(JSONSerialization.jsonObject(with: data) as? [String: NSObject])
    }
    var theirs = try object(fixture)
    // PEFT saves each of these names twice.
    theirs["modules_to_save"] = ["classifier", "score"] as NSArray
    #expect(try object(bench.prompt) == theirs)
    let weights = try [fixture, bench.prompt].map {
      try SafetensorsFile(contentsOf: $0.appending(component: "adapter_model.safetensors"))
    }
    #expect(weights[0].names == weights[1].names)
    #expect(weights[0].metadata == weights[1].metadata)
    for name in weights[0].names {
      #expect(weights[1].entry(name)?.elementType == .float32)
      expectSameBits(try weights[1].tensor(name), try weights[0].tensor(name))
    }
  }

  @Test func `unknown keys and missing optional ones are tolerated`() throws {
    let bench = try PromptBench(adapter: "peft-prompt") {
      $0["init_weights"] = nil
      $0["peft_version"] = nil
      $0["tokenizer_kwargs"] = nil
      $0["num_transformer_submodules"] = nil
      $0["invented"] = ["later": 1] as NSDictionary
      $0["peft_type"] = "P_TUNING" as NSString
    }
    let prompt = try Prompt(contentsOf: bench.prompt)
    #expect(prompt.card.method == .promptTuning)
    #expect(prompt.folded.inputLength == 5)
  }

  @Test(
    arguments: [
      ("peft_type", "LORA", "`peft_type` is `LORA`; it should be PREFIX_TUNING"),
      ("peft_type", "MULTITASK_PROMPT_TUNING", "`peft_type` is `MULTITASK_PROMPT_TUNING`"),
      ("peft_type", "CPT", "`peft_type` is `CPT`"),
      (
        "task_type", "CAUSAL_LM",
        "`task_type` is `CAUSAL_LM`; it should be SEQ_CLS or SEQ_2_SEQ_LM."
      ),
      ("task_type", nil, "`task_type` is not given"),
      ("num_transformer_submodules", "2", "`num_transformer_submodules` should be a whole number"),
      ("num_layers", nil, "`num_layers` is missing"),
      ("token_dim", "x", "`token_dim` should be a whole number"),
    ] as [(String, String?, String)])
  func `other adapters are refused in one sentence`(
    key: String, value: String?, expected: String
  ) throws {
    let bench = try PromptBench(adapter: "peft-prefix") { $0[key] = value as NSString? }
    expect(expected) { try Prompt(contentsOf: bench.prompt) }
  }

  @Test(
    arguments: [
      ("num_virtual_tokens", 7, "shape [5, 192]"), ("num_virtual_tokens", -5, "is -5"),
      ("token_dim", 16, "`base_model.classifier.weight`"), ("num_layers", 4, "asks for [5, 256]"),
      ("num_layers", .max, "`backbone.layers`"), ("num_transformer_submodules", 2, "is 2"),
    ])
  func `numbers that do not fit the tensors are refused`(
    key: String, value: Int, expected: String
  ) throws {
    let bench = try PromptBench(adapter: "peft-prefix") { $0[key] = value as NSNumber }
    expect(expected) { try Prompt(contentsOf: bench.prompt) }
  }

  @Test func `another family's head is refused by its tensors' names`() throws {
    let bench = try PromptBench(adapter: "peft-prefix") { _ in }
    let file = bench.prompt.appending(component: "adapter_model.safetensors")
    let prompt = try Prompt(contentsOf: bench.prompt)
    let head = try #require(prompt.head)
    var tensors = [
      "base_model.classifier.dense.weight": head.weight,
      "base_model.classifier.dense.bias": head.bias,
    ]
    try SafetensorsFile.write(tensors, metadata: [:], to: file)
    expect("no tensor `base_model.classifier.bias`") { try Prompt(contentsOf: bench.prompt) }
    tensors["base_model.classifier.weight"] = head.weight
    tensors["base_model.classifier.bias"] = head.bias
    tensors["prompt_embeddings"] = prompt.folded.deep?.table
    try SafetensorsFile.write(tensors, metadata: [:], to: file)
    expect("a tensor `base_model.classifier.dense.bias`, which is none of such a prompt's") {
      try Prompt(contentsOf: bench.prompt)
    }
  }

  @Test func `a head wired as PEFT's gives PEFT's logits`() throws {
    let bench = try PromptBench(adapter: "peft-prompt") { _ in }
    var prompt = try Prompt(contentsOf: bench.prompt)
    #expect(prompt.isReadOtherwiseByPEFT && prompt.peftObstacle != nil)
    prompt.card.pooling = .firstSlot
    #expect(!prompt.isReadOtherwiseByPEFT && prompt.peftObstacle == nil)
    let file = try SafetensorsFile(
      contentsOf: bench.prompt.appending(component: "expected.safetensors"))
    let rows = try file.rows(virtualTokens: prompt.folded.inputLength)
    let logits = try prompt.logits(of: rows, on: Toy.model().backbone)
    expectClose(logits, try file.tensor("logits.peft"), absolute: 1e-4)
    // So wired it is an adapter of PEFT's again.
    let copy = try PromptBench()
    try prompt.write(to: copy.prompt)
    let keys = try JSONSerialization.jsonObject(
      with: Data(contentsOf: copy.prompt.appending(component: "adapter_config.json")))
    #expect((keys as? [String: Any])?["peft_type"] as? String == "PROMPT_TUNING")
    let read = try Prompt(contentsOf: copy.prompt)
    #expect(read.card.pooling == .firstSlot)
  }

  @Test func `a pickle that is none is named`() throws {
    let bench = try PromptBench(adapter: "peft-prefix") { _ in }
    try FileManager.default.moveItem(
      at: bench.prompt.appending(component: "adapter_model.safetensors"),
      to: bench.prompt.appending(component: "adapter_model.bin"))
    expect("adapter_model.bin is damaged or of another format") {
      try Prompt(contentsOf: bench.prompt)
    }
  }
}

extension PromptBench {
  /// A copy of a fixture with another adapter_config.json.
  convenience init(adapter fixture: String, _ change: (inout [String: NSObject]) -> Void) throws {
    try self.init()
    try FileManager.default.copyItem(at: Self.fixture(fixture), to: prompt)
    let url = prompt.appending(component: "adapter_config.json")
    let data = try Data(contentsOf: url)
    var object = try #require(JSONSerialization.jsonObject(with: data) as? [String: NSObject])
    change(&object)
    try JSONSerialization.data(withJSONObject: object).write(to: url)
  }
}

extension SafetensorsFile {
  /// The fixture's batch as rows with virtual tokens before them.
  func rows(virtualTokens: Int) throws -> [Row] {
    let ids = try tensor("batch.ids").values.map { Int32($0) }
    let segments = try tensor("batch.segments").values.map { Int32($0) }
    let offsets = try tensor("batch.offsets").values.map { Int($0) }
    return zip(offsets, offsets.dropFirst()).map { begin, end in
      Row(
        text: Array(ids[begin..<end]), segments: Array(segments[begin..<end]),
        virtualTokens: virtualTokens)
    }
  }
}

extension Prompt {
  /// The head's answers for rows that name this prompt alone.
  func logits(of rows: [Row], on backbone: any Backbone) throws -> Tensor {
    let pass = Pass.inference()
    let tables = PromptTables<Tensor>(
      [folded], layerCount: backbone.layerCount, width: backbone.width)
    let states = try backbone.sequenceStates(
      of: Batch(rows), prompts: tables.map { Variable($0) }, pooling: #require(card.pooling),
      dropout: 0,
      in: pass)
    let head = try #require(head)
    let layer = Linear(
      weight: Parameter("weight", head.weight, isTrained: false),
      bias: Parameter("bias", head.bias, isTrained: false))
    return layer(states, in: pass).value
  }
}
