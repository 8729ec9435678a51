// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterCheckpoint
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

@Suite struct PromptReadingTests {
  @Test(arguments: Prompt.sampleNames)
  func `a written prompt is read bit for bit`(kind: String) throws {
    let bench = try PromptBench()
    let prompt = Prompt.sample(kind)
    try prompt.write(to: bench.prompt)
    let read = try Prompt(contentsOf: bench.prompt)
    #expect(read.card == prompt.card)
    #expect(read.folded.deep?.layers == prompt.folded.deep?.layers)
    #expect(read.backboneWeights?.keys.sorted() == prompt.backboneWeights?.keys.sorted())
    #expect(read.allTensors.map(\.shape) == prompt.allTensors.map(\.shape))
    for (found, expected) in zip(read.allTensors, prompt.allTensors) {
      expectSameBits(found, expected)
    }
  }

  @Test(arguments: Prompt.sampleNames)
  func `the same prompt gives the same bytes`(kind: String) throws {
    let bench = try PromptBench()
    try Prompt.sample(kind).write(to: bench.prompt)
    let first = try bench.contents()
    try Prompt(contentsOf: bench.prompt).write(to: bench.prompt, overwriting: true)
    #expect(try bench.contents() == first)
  }

  @Test func `fine-tuned weights are found under their own names`() throws {
    let bench = try PromptBench()
    try Prompt.sample("fine-tuning").write(to: bench.prompt)
    let weights = try Weights(file: bench.prompt.appending(component: "prompt.safetensors"))
    #expect(weights["backbone"].names == ["a.weight", "b"])
  }

  @Test func `a folder without a prompt says what it lacks`() throws {
    let bench = try PromptBench()
    try Data().write(to: bench.folder.appending(component: "training_state.json"))
    expect("neither prompter.json nor adapter_config.json") {
      try Prompt(contentsOf: bench.folder)
    }
    expect("there is no such folder") { try Prompt(contentsOf: bench.prompt) }
    let file = bench.folder.appending(component: "training_state.json")
    expect("it is a regular file, not a folder") { try Prompt(contentsOf: file) }
  }

  @Test(
    arguments: [
      ("\"format_version\" : 1", "\"format_version\" : 4", "`format_version` is 4"),
      ("\"format_version\" : 1", "\"format_version\" : 0", "`format_version` is 0"),
      ("\"format_version\" : 1", "\"version\" : 1", "`format_version` is missing"),
      ("\"p-tuning-v2\"", "\"No method\"", "`method` has an impossible value"),
      ("\"p-tuning-v2\"", "\"\"", "`method` has an impossible value"),
      ("\"p-tuning-v2\"", "7", "`method` should be a string"),
      ("\"prompt_length\" : 5", "\"prompt_length\" : 6", "shape [5, 48]"),
      ("\"prompt_length\" : 5", "\"prompt_length\" : -1", "`prompt_length` is -1"),
      (
        "\"prompt_length\" : 5", "\"prompt_length\" : 9223372036854775807",
        "`prompt_length` is 9223372036854775807"
      ),
      ("\"width\" : 8", "\"width\" : 4611686018427387904", "`backbone.width`"),
      ("\"width\" : 8", "\"width\" : 12", "asks for [3, 12]"),
      ("\"layers\" : 3", "\"layers\" : 0", "`backbone.layers` is 0"),
      ("\"heads\" : 4", "\"heads\" : 0", "`backbone.heads` is 0"),
      ("\"maximum_length\" : 40", "\"maximum_length\" : 0", "`maximum_length` is 0"),
      ("\"ja\",\n", "\"ja\", \"nein\",\n", "shape [3]"),
      ("\"ja\",\n", "\"\\\"nein\\\"\",\n", "two or more different labels"),
      ("\"pooling\" : \"pooler\"", "\"pooling\" : \"max\"", "`pooling` has an impossible value"),
      ("\"method\"", "\"Method\"", "`method` is missing"),
    ])
  func `a card that does not fit is refused with its place`(
    old: String, new: String, expected: String
  ) throws {
    let bench = try PromptBench()
    try Prompt.sample().write(to: bench.prompt)
    let url = bench.prompt.appending(component: "prompter.json")
    let card = try String(contentsOf: url, encoding: .utf8)
    #expect(card.contains(old))
    try Data(card.replacing(old, with: new).utf8).write(to: url)
    expect(expected) { try Prompt(contentsOf: bench.prompt) }
  }

  @Test(arguments: Prompt.sampleNames)
  func `what is on the disk does not depend on the name of a method`(kind: String) throws {
    let bench = try PromptBench()
    var prompt = Prompt.sample(kind)
    prompt.card.method = MethodName(rawValue: "of-tomorrow-2")
    prompt.card.training?.method = SettingsRecord([
      "depth": .list([.integer(3), .decimal(0.1)]), "more": .object(["is": .bool(true)]),
    ])
    try prompt.write(to: bench.prompt)
    let read = try Prompt(contentsOf: bench.prompt)
    #expect(read.card == prompt.card)
    #expect(read.peftObstacle == Prompt.sample(kind).peftObstacle)
    for (found, expected) in zip(read.allTensors, prompt.allTensors) {
      expectSameBits(found, expected)
    }
    #expect(read.allTensors.count == prompt.allTensors.count)
  }

  @Test func `weights of the backbone beside vectors are there if the card says so`() throws {
    let bench = try PromptBench()
    var prompt = Prompt.sample("prompt tuning")
    prompt.backboneWeights = Prompt.sample("fine-tuning").backboneWeights
    expect("a tensor `backbone.a.weight`") { try prompt.write(to: bench.prompt) }
    prompt.card.trainsBackbone = true
    try prompt.write(to: bench.prompt)
    let read = try Prompt(contentsOf: bench.prompt)
    #expect(read.backboneWeights?.keys.sorted() == ["a.weight", "b"])
    #expect(read.peftObstacle?.contains("fine-tuned weights") == true)
    prompt.backboneWeights = nil
    expect("no tensor `backbone.…`") { try prompt.write(to: bench.prompt, overwriting: true) }
  }

  @Test func `a head alone has no weights of the backbone, and a fine-tuned prompt has some`()
    throws
  {
    let bench = try PromptBench()
    var (head, tuned) = (Prompt.sample("head only"), Prompt.sample("fine-tuning"))
    swap(&head.backboneWeights, &tuned.backboneWeights)
    expect("a tensor `backbone.a.weight`") { try head.write(to: bench.prompt) }
    expect("no tensor `backbone.…`") { try tuned.write(to: bench.prompt) }
  }

  @Test(arguments: [[0, 3], [2, 1], [1, 4], [1], [], [Int.min, Int.max]])
  func `layers that do not exist are refused`(layers: [Int]) throws {
    let bench = try PromptBench()
    var prompt = Prompt.sample()
    prompt.card.promptLayers = layers
    expect("`prompt_layers`") { try prompt.write(to: bench.prompt) }
  }

  @Test func `files of two prompts are not mixed`() throws {
    let bench = try PromptBench()
    try Prompt.sample(seed: 1).write(to: bench.prompt)
    let card = try Data(contentsOf: bench.prompt.appending(component: "prompter.json"))
    try Prompt.sample(seed: 2).write(to: bench.prompt, overwriting: true)
    try card.write(to: bench.prompt.appending(component: "prompter.json"))
    expect("describes other weights than those in adapter_model.safetensors") {
      try Prompt(contentsOf: bench.prompt)
    }
  }

  @Test func `tensors that are missing, unknown, or no numbers are refused by name`() throws {
    let bench = try PromptBench()
    let prompt = Prompt.sample("prompt tuning")
    try prompt.write(to: bench.prompt)
    try bench.forgetHash()
    let file = bench.prompt.appending(component: "prompt.safetensors")
    let whole: [String: Tensor] = try [
      "input": #require(prompt.folded.input), "head.weight": #require(prompt.head?.weight),
      "head.bias": #require(prompt.head?.bias),
    ]
    func expectRefusal(_ message: String, _ change: (inout [String: Tensor]) -> Void) throws {
      var tensors = whole
      change(&tensors)
      try SafetensorsFile.write(tensors, metadata: [:], to: file)
      expect(message) { try Prompt(contentsOf: bench.prompt) }
    }
    try expectRefusal("no tensor `head.bias`") { $0["head.bias"] = nil }
    try expectRefusal("a tensor `more`") { $0["more"] = Tensor(zeros: [1]) }
    try expectRefusal("a tensor `backbone.x`") { $0["backbone.x"] = Tensor(zeros: [1]) }
    try expectRefusal("shape [8, 5]") { $0["input"] = Tensor(zeros: [8, 5]) }
    try expectRefusal("`head.bias` in ") { $0["head.bias"] = Tensor([0, .nan, 1], shape: [3]) }
    try expectRefusal("holds inf at place 2") {
      $0["head.bias"] = Tensor([0, 1, .infinity], shape: [3])
    }
  }
}

extension PromptBench {
  /// Takes the weights' hash out of prompter.json, so that what comes after it is tried.
  func forgetHash() throws {
    let url = prompt.appending(component: "prompter.json")
    let card = try String(contentsOf: url, encoding: .utf8)
    try Data(card.replacing("\"weights_sha256\"", with: "\"unused\"").utf8).write(to: url)
  }
}
