// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

@Suite struct PromptWritingTests {
  private static let peftFiles = [
    "adapter_config.json", "adapter_model.safetensors", "prompter.json",
  ]
  private static let ownFiles = ["prompt.safetensors", "prompter.json"]

  @Test(arguments: Prompt.sampleNames)
  func `each kind has the files of its layout and nothing else`(kind: String) throws {
    let bench = try PromptBench()
    try Prompt.sample(kind).write(to: bench.prompt)
    #expect(
      try bench.names(in: bench.prompt) == (kind == "all layers" ? Self.peftFiles : Self.ownFiles))
    #expect(try bench.names() == ["prompt"])
  }

  @Test func `the card has the labels at the top`() throws {
    let bench = try PromptBench()
    try Prompt.sample().write(to: bench.prompt)
    let card = try Data(contentsOf: bench.prompt.appending(component: "prompter.json"))
    let object = try #require(JSONSerialization.jsonObject(with: card) as? [String: Any])
    #expect(object["labels"] as? [String] == PromptCard.sample.labels)
    #expect(object["format_version"] as? Int == 1)
  }

  @Test func `a prompt is replaced only with leave`() throws {
    let bench = try PromptBench()
    try Prompt.sample(seed: 1).write(to: bench.prompt)
    let first = try bench.contents()
    expect("already holds a prompt; pass --overwrite to replace it.") {
      try Prompt.sample(seed: 2).write(to: bench.prompt)
    }
    #expect(try bench.contents() == first)
    try Prompt.sample(seed: 2).write(to: bench.prompt, overwriting: true)
    let read = try Prompt(contentsOf: bench.prompt)
    expectSameBits(
      try #require(read.head?.bias), try #require(Prompt.sample(seed: 2).head?.bias))
    #expect(try bench.names() == ["prompt"])
  }

  @Test(arguments: ["all layers", "mean"], ["all layers", "prompt tuning"])
  func `no file of the other layout stays`(first: String, second: String) throws {
    let bench = try PromptBench()
    try Prompt.sample(first).write(to: bench.prompt)
    try Prompt.sample(second).write(to: bench.prompt, overwriting: true)
    let expected = second == "all layers" ? Self.peftFiles : Self.ownFiles
    #expect(try bench.names(in: bench.prompt) == expected)
    #expect(try Prompt(contentsOf: bench.prompt).card == Prompt.sample(second).card)
  }

  @Test(arguments: [false, true])
  func `a training state is no prompt and stays`(overwriting: Bool) throws {
    let bench = try PromptBench()
    let states = ["training_state.json", "training_state.safetensors"]
    try FileManager.default.createDirectory(at: bench.prompt, withIntermediateDirectories: true)
    for name in states { try Data("x".utf8).write(to: bench.prompt.appending(component: name)) }
    try Prompt.sample().write(to: bench.prompt, overwriting: overwriting)
    #expect(try bench.names(in: bench.prompt) == (Self.peftFiles + states).sorted())
  }

  @Test func `an empty folder, a slash at the end, and a link are all the same`() throws {
    let bench = try PromptBench()
    try FileManager.default.createDirectory(at: bench.prompt, withIntermediateDirectories: true)
    try Prompt.sample().write(
      to: URL(filePath: bench.prompt.path(percentEncoded: false) + "/"))
    let link = bench.folder.appending(component: "link")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: bench.prompt)
    try Prompt.sample(seed: 2).write(to: link, overwriting: true)
    #expect(try bench.names() == ["link", "prompt"])
    expectSameBits(
      try #require(Prompt(contentsOf: bench.prompt).head?.bias),
      try #require(Prompt.sample(seed: 2).head?.bias))
  }

  @Test func `what cannot be written leaves no trace`() throws {
    let bench = try PromptBench()
    let prompt = Prompt.sample()
    let missing = bench.folder.appending(components: "missing", "prompt")
    expect("missing/prompt: No such file or directory") { try prompt.write(to: missing) }
    let file = bench.folder.appending(component: "file")
    try Data("old".utf8).write(to: file)
    expect("file: Not a directory") { try prompt.write(to: file) }
    expect("file/prompt: Not a directory") {
      try prompt.write(to: file.appending(component: "prompt"))
    }
    let long = bench.folder.appending(component: String(repeating: "n", count: 300))
    expect("File name too long") { try prompt.write(to: long) }
    #expect(try bench.names() == ["file"])
    #expect(try Data(contentsOf: file) == Data("old".utf8))
  }

  @Test func `a folder in place of a file stops before any file has moved`() throws {
    let bench = try PromptBench()
    try Prompt.sample("mean").write(to: bench.prompt)
    let first = try bench.contents()
    let obstacle = bench.prompt.appending(component: "adapter_config.json")
    try FileManager.default.createDirectory(at: obstacle, withIntermediateDirectories: true)
    expect("it is a folder") { try Prompt.sample().write(to: bench.prompt, overwriting: true) }
    try FileManager.default.removeItem(at: obstacle)
    #expect(try bench.contents() == first)
    #expect(try bench.names() == ["prompt"])
  }

  @Test(arguments: ["pipe", "link"])
  func `nothing but files is replaced, and no file has moved before`(kind: String) throws {
    let bench = try PromptBench()
    try Prompt.sample("mean").write(to: bench.prompt)
    let card = bench.prompt.appending(component: "prompter.json").path(percentEncoded: false)
    try FileManager.default.removeItem(atPath: card)
    if kind == "pipe" {
      #expect(makePipe(card))
    } else {
      try FileManager.default.createSymbolicLink(atPath: card, withDestinationPath: "/dev/null")
    }
    expect(kind == "pipe" ? "it is a named pipe" : "it is a symbolic link") {
      try Prompt.sample().write(to: bench.prompt, overwriting: true)
    }
    #expect(try bench.names(in: bench.prompt) == Self.ownFiles)
    #expect(try bench.names() == ["prompt"])
  }

  @Test func `a folder that is held is not converted into`() throws {
    let bench = try PromptBench()
    try Prompt.sample().write(to: bench.prompt)
    let lock = try FolderLock(bench.prompt, purpose: "training")
    #expect(lock.isHeld)
    expect("is in use by another process (training, process ") {
      try Prompt.sample().writeAdapter(to: bench.prompt, overwriting: true)
    }
    withExtendedLifetime(lock) {}
  }

  @Test func `a prompt that could not be read is not written`() throws {
    let bench = try PromptBench()
    try Prompt.sample().write(to: bench.prompt)
    let first = try bench.contents()
    var prompt = Prompt.sample(seed: 2)
    prompt.head?.bias = Tensor([0, .nan, 0], shape: [3])
    expect("holds nan at place 1") { try prompt.write(to: bench.prompt, overwriting: true) }
    prompt.head?.bias = Tensor(zeros: [2])
    expect("has shape [2]") { try prompt.write(to: bench.prompt, overwriting: true) }
    prompt = .sample(seed: 2)
    prompt.card.history[0].loss = .infinity
    expect("should be a finite number") {
      try prompt.write(to: bench.prompt, overwriting: true)
    }
    prompt = .sample("fine-tuning")
    prompt.backboneWeights = nil
    expect("no tensor `backbone.…`") { try prompt.write(to: bench.prompt, overwriting: true) }
    #expect(try bench.contents() == first)
    #expect(try bench.names() == ["prompt"])
  }
}
