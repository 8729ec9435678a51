// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

@Suite struct PromptModelFolderTests {
  private static let classifier = Result {
    try Toy.train("fine-tuning", Toy.plan(.steps(2))).prompt
  }
  private static let writer = Result {
    try ToyTexts.train("fine-tuning", ToyTexts.plan(.steps(2))).prompt
  }

  @Test func `a fine-tuned BERT becomes a folder with its classifier`() throws {
    let bench = try PromptBench()
    let prompt = try Self.classifier.get()
    #expect(prompt.isTransformersClassifier)
    try prompt.writeModel(to: bench.prompt, from: Toy.model())
    #expect(
      try bench.names(in: bench.prompt) == ["config.json", "model.safetensors", "vocab.txt"])
    #expect(try bench.names() == ["prompt"])
    let file = try SafetensorsFile(
      contentsOf: bench.prompt.appending(component: "model.safetensors"))
    let original = try SafetensorsFile(
      contentsOf: Toy.folder.appending(component: "model.safetensors"))
    #expect(
      Set(file.names) == Set(original.names).union(["classifier.weight", "classifier.bias"]))
    for (name, tensor) in prompt.backboneWeights ?? [:] {
      expectSameBits(try file.tensor(name), tensor)
    }
    expectSameBits(try file.tensor("classifier.bias"), try #require(prompt.head?.bias))
    let config = try bench.configuration()
    #expect(config["id2label"] as? [String: String] == ["0": "bad", "1": "good"])
    #expect(config["label2id"] as? [String: Int] == ["bad": 0, "good": 1])
    #expect(config["hidden_size"] as? Int == 32)
  }

  @Test func `the folder answers as the prompt does`() throws {
    let bench = try PromptBench()
    let prompt = try Self.classifier.get()
    try prompt.writeModel(to: bench.prompt, from: Toy.model())
    let tuned = try PretrainedModel(contentsOf: bench.prompt, precision: .float32)
    var head = prompt
    head.backboneWeights = nil
    head.card.method = .headOnly
    let queries = ["the film was good", "dull story"].map { Query($0) }
    let expected = try Predictor(model: Toy.model(), prompts: [("p", prompt)], threads: 1)
      .predict(queries)
    let found = try Predictor(model: tuned, prompts: [("p", head)], threads: 1).predict(queries)
    #expect(found.map(\.probabilities) == expected.map(\.probabilities))
  }

  /// What sentence-transformers and transformers put beside the weights, by paths in the folder.
  private static let described = [
    "modules.json": """
    [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
     {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
     {"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"},
     {"idx": 3, "name": "3", "path": "../elsewhere", "type": "no.such.Module"}]
    """,
    "1_Pooling/config.json": #"{"word_embedding_dimension": 32, "pooling_mode_mean_tokens": true}"#,
    "2_Dense/config.json": #"{"in_features": 32, "out_features": 32}"#,
    "2_Dense/model.safetensors": "not read",
    "sentence_bert_config.json": #"{"max_seq_length": 128, "do_lower_case": false}"#,
    "config_sentence_transformers.json": #"{"prompts": {"query": "query: "}}"#,
    "generation_config.json": #"{"max_new_tokens": 4}"#,
    "tokenizer_config.json": #"{"do_lower_case": true, "tokenizer_class": "BertTokenizer"}"#,
    "special_tokens_map.json": #"{"mask_token": "[MASK]"}"#, "added_tokens.json": "{}",
    "chat_template.jinja": "{{ messages }}",
  ]

  /// A folder of the toy model with files beside it.
  private func model(
    with files: [String: String], in bench: PromptBench
  ) throws -> PretrainedModel {
    let copy = bench.folder.appending(path: "described", directoryHint: .isDirectory)
    try FileManager.default.copyItem(at: Toy.folder, to: copy)
    for (name, text) in files {
      let file = copy.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    return try PretrainedModel(contentsOf: copy, precision: .float32)
  }

  @Test func `all that decides numbers beside the weights comes along`() throws {
    let bench = try PromptBench()
    let kept = Self.described
    let dropped = [
      ".hidden.json": "{}", "README.md": "", "model.safetensors.index.json": #"{"weight_map": {}}"#,
      "other/config.json": "{}",
    ]
    let model = try model(with: kept.merging(dropped) { first, _ in first }, in: bench)
    var prompt = try Self.classifier.get()
    prompt.card.pooling = .mean
    for isThere in [false, true] {
      try prompt.writeModel(to: bench.prompt, from: model, overwriting: isThere)
      for (name, text) in kept {
        #expect(
          try String(contentsOf: bench.prompt.appending(path: name), encoding: .utf8) == text)
      }
      #expect(
        try bench.names(in: bench.prompt)
          == (Set(kept.keys.map { String($0.split(separator: "/")[0]) })
          .union(["config.json", "model.safetensors", "vocab.txt"])).sorted())
    }
  }

  /// What may stand beside the weights, the modules listed in several ways.
  private static let originals: [String: [String: String]] = [
    "plain": [:], "described": described, "empty": ["modules.json": "[]"],
    "nested": [
      "modules.json": #"[{"path": ""}, {"path": "heads/mean", "type": "models.Pooling"}]"#,
      "heads/mean/config.json": #"{"pooling_mode": "max"}"#,
    ],
    "without pooling": [
      "modules.json": #"[{"path": "", "type": "models.Transformer"}, {"path": "9_Normalize"}]"#
    ],
  ]

  @Test(arguments: [
    ("plain", Pooling.mean), ("plain", .cls), ("plain", .pooler), ("described", .mean),
    ("described", .cls), ("described", .pooler), ("nested", .mean), ("nested", .cls),
    ("without pooling", .mean), ("without pooling", .cls), ("empty", .mean),
  ])
  func `a head alone on the folder answers as the prompt did, whatever it reads`(
    _ original: String, _ pooling: Pooling
  ) throws {
    let bench = try PromptBench()
    let model = try model(with: #require(Self.originals[original]), in: bench)
    var trainer = try Toy.trainer("fine-tuning", Toy.plan(.steps(2)))
    trainer = Trainer(model: model, method: .fineTuning, plan: trainer.plan, pooling: pooling)
    let prompt = try trainer.train(task: Toy.task, training: Toy.training).prompt
    try prompt.writeModel(to: bench.prompt, from: model)
    let tuned = try PretrainedModel(contentsOf: bench.prompt, precision: .float32)
    #expect(tuned.defaultPooling == pooling)
    var head = prompt
    (head.backboneWeights, head.card.method) = (nil, .headOnly)
    head.card.pooling = tuned.defaultPooling
    let queries = ["the film was good", "dull story"].map { Query($0) }
    let expected = try Predictor(model: model, prompts: [("p", prompt)], threads: 1)
      .predict(queries)
    let found = try Predictor(model: tuned, prompts: [("p", head)], threads: 1).predict(queries)
    #expect(found.map(\.probabilities) == expected.map(\.probabilities))
  }

  @Test func `a fine-tuned T5 keeps its configuration and has no head`() throws {
    let bench = try PromptBench()
    let prompt = try Self.writer.get()
    try prompt.writeModel(to: bench.prompt, from: ToyTexts.model())
    let config = try Data(contentsOf: bench.prompt.appending(component: "config.json"))
    #expect(try config == Data(contentsOf: ToyTexts.folder.appending(component: "config.json")))
    let file = try SafetensorsFile(
      contentsOf: bench.prompt.appending(component: "model.safetensors"))
    #expect(!file.names.contains("lm_head.weight"))
    #expect(Set(file.names) == Set(try #require(prompt.backboneWeights).keys))
  }

  @Test func `copies of a tuned table are replaced along with it`() throws {
    let bench = try PromptBench()
    let copies = [
      "lm_head.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight",
    ]
    let model = try bench.model(like: ToyTexts.folder) { tensors in
      for name in copies { tensors[name] = tensors["shared.weight"] }
      tensors["other.weight"] = tensors["shared.weight"].map {
        Tensor($0.values.map { $0 + 1 }, shape: $0.shape)
      }
    }
    var prompt = try Self.writer.get()
    prompt.card.backbone.sha256 = nil
    try prompt.writeModel(to: bench.prompt, from: model)
    let file = try SafetensorsFile(
      contentsOf: bench.prompt.appending(component: "model.safetensors"))
    let words = try #require(prompt.backboneWeights?["shared.weight"])
    for name in copies + ["shared.weight"] { expectSameBits(try file.tensor(name), words) }
    let others = try SafetensorsFile(
      contentsOf: model.folder.appending(component: "model.safetensors"))
    expectSameBits(try file.tensor("other.weight"), try others.tensor("other.weight"))
  }

  @Test func `names keep their prefix and the type is told`() throws {
    let bench = try PromptBench()
    let model = try bench.model(like: Toy.folder, typeInConfig: "bfloat16") { tensors in
      tensors = Dictionary(uniqueKeysWithValues: tensors.map { ("bert." + $0, $1) })
    }
    var prompt = try Self.classifier.get()
    prompt.card.backbone.sha256 = nil
    try prompt.writeModel(to: bench.prompt, from: model)
    let file = try SafetensorsFile(
      contentsOf: bench.prompt.appending(component: "model.safetensors"))
    #expect(file.names.allSatisfy { $0.hasPrefix("bert.") || $0.hasPrefix("classifier.") })
    for (name, tensor) in prompt.backboneWeights ?? [:] {
      expectSameBits(try file.tensor("bert." + name), tensor)
    }
    #expect(try bench.configuration()["dtype"] as? String == "float32")
  }

  @Test func `what cannot become a model is refused`() throws {
    let bench = try PromptBench()
    let prompt = try Self.classifier.get()
    expect("A prompt of p-tuning-v2 leaves the model as it is; only fine-tuning makes another.") {
      try Prompt.sample().writeModel(to: bench.prompt, from: Toy.model())
    }
    expect("The prompt was trained on model (bert") {
      try prompt.writeModel(to: bench.prompt, from: ToyTexts.model())
    }
    expect("is the model's own folder; the fine-tuned model needs another.") {
      try prompt.writeModel(to: Toy.folder, from: Toy.model(), overwriting: true)
    }
    #expect(try bench.names().isEmpty)
    try prompt.writeModel(to: bench.prompt, from: Toy.model())
    expect("prompt is there already; pass --overwrite to replace it.") {
      try prompt.writeModel(to: bench.prompt, from: Toy.model())
    }
    try prompt.writeModel(to: bench.prompt, from: Toy.model(), overwriting: true)
  }
}

extension PromptBench {
  /// A model's folder with other tensors.
  fileprivate func model(
    like original: URL, typeInConfig: String? = nil,
    change: (inout [String: Tensor]) throws -> Void
  ) throws -> PretrainedModel {
    let copy = folder.appending(path: "other", directoryHint: .isDirectory)
    try FileManager.default.copyItem(at: original, to: copy)
    let file = try SafetensorsFile(contentsOf: original.appending(component: "model.safetensors"))
    var tensors = try file.names.reduce(into: [:]) { $0[$1] = try file.tensor($1) }
    try change(&tensors)
    try SafetensorsFile.write(
      tensors, metadata: [:], to: copy.appending(component: "model.safetensors"))
    if let typeInConfig {
      let config = copy.appending(component: "config.json")
      let text = try String(contentsOf: config, encoding: .utf8)
      try text.replacing("\"float32\"", with: "\"\(typeInConfig)\"")
        .write(to: config, atomically: true, encoding: .utf8)
    }
    return try PretrainedModel(contentsOf: copy, precision: .float32)
  }

  fileprivate func configuration() throws -> [String: Any] {
    let data = try Data(contentsOf: prompt.appending(component: "config.json"))
    return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }
}
