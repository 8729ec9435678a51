// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Exit codes and messages of the program itself.
@Suite struct ProgramTests {
  private static let shape = ["--model", tinyModel, "--task", "text-classification"]

  @Test(arguments: [
    ["train"], ["trian"], ["help", "trian"], ["train", "--no-such-option"],
    ["evaluate", "--model", "m", "--prompt", "p"],
    ["train", "--method", "lora"], ["data", "preview", "f.csv", "--field", "nonsense"],
    ["predict", "--model", "m", "--prompt", "p", "--pair", "x"],
    ["predict", "--model", "m", "--prompt", "a/p", "--prompt", "b/p", "--text", "x"],
  ])
  func `wrong usage ends in 64`(_ arguments: [String]) throws {
    let run = try prompter(arguments)
    #expect(run.status == 64)
    #expect(run.output.isEmpty)
    #expect(run.messages.hasPrefix("prompter: "))
  }

  @Test(arguments: [
    (
      ["--method", "prefix-tuning"],
      "The method prefix-tuning is not in this version; use one of p-tuning-v2, prompt-tuning, "
        + "head-only, fine-tuning."
    ),
    (["--epochs", "1", "--steps", "1"], "Give --epochs or --steps, not both."),
    (
      ["--method", "head-only", "--prompt-length", "3"],
      "--prompt-length does not apply to head-only."
    ),
    (
      ["--prompt-init", "labels"],
      "p-tuning-v2 starts from random or prompt:DIR; other starts are for prompt-tuning."
    ),
  ])
  func `a wish that cannot be met is answered with one sentence`(
    _ arguments: [String], _ sentence: String
  ) throws {
    let run = try prompter(["train"] + Self.shape + ["--train", "t", "--output", "o"] + arguments)
    #expect(run.status == 64)
    #expect(run.messages == "prompter: \(sentence)\n")
  }

  @Test func `a model that becomes shorter while it is in use is named`() throws {
    try withFolder { folder in
      let model = folder.appending(path: "model")
      try FileManager.default.copyItem(at: URL(filePath: tinyModel), to: model)
      let (data, prompt) = (folder.appending(path: "r.jsonl"), folder.appending(path: "prompt"))
      try writeReviews(10, to: data)
      let training = try prompter([
        "train", "--model", model.path, "--task", "text-classification", "--train", data.path,
        "--epochs", "1", "--output", prompt.path, "--quiet",
      ])
      #expect(training.status == 0, "\(training.messages)")
      let weights = model.appending(path: "model.safetensors")
      let session = try Session([
        "predict", "--model", model.path, "--prompt", prompt.path, "--batch-size", "1",
      ])
      try session.send(#"{"text": "the film was good"}"# + "\n")
      #expect(try session.line().contains("probability"))
      try FileHandle(forWritingTo: weights).truncate(atOffset: 0)
      try session.send(#"{"text": "the story was bad"}"# + "\n")
      let (status, messages) = try session.end()
      #expect(status == 74)
      #expect(
        messages
          == "prompter: \(weights.path) became shorter while it was read, or its disk failed.\n")
    }
  }

  @Test func `missing and bad inputs are told apart`() throws {
    try withFolder { folder in
      let bad = folder.appending(path: "bad.jsonl")
      try Data("{\"text\": \"a\", \"label\": \"b\"}\n{\n".utf8).write(to: bad)
      let output = ["--output", folder.appending(path: "prompt").path]
      let missing = try prompter(
        ["train"] + Self.shape + ["--train", "no-such-file.jsonl"] + output)
      #expect(missing.status == 66)
      #expect(missing.messages == "prompter: no-such-file.jsonl: no such file.\n")
      let unreadable = try prompter(["train"] + Self.shape + ["--train", bad.path] + output)
      #expect(unreadable.status == 65)
      #expect(unreadable.messages.hasPrefix("prompter: \(bad.path), line 2 is not a JSON object"))
      // Nothing is left of an output folder that nothing was put into.
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["bad.jsonl"])
      #expect(try prompter(["model", "inspect", folder.path]).status == 66)
      #expect(try prompter(["prompt", "inspect", folder.path]).status == 66)
    }
  }

  @Test func `an output that is a file is refused before training`() throws {
    try withFolder { folder in
      let file = folder.appending(path: "taken")
      try Data().write(to: file)
      let run = try prompter(
        ["train"] + Self.shape + ["--train", "no-such-file.jsonl", "--output", file.path])
      #expect(run.status == 74)
      #expect(run.messages.contains("it is a file; a folder is needed"))
    }
  }

  @Test func `a model is described without its weights`() throws {
    try withFolder { folder in
      let config = folder.appending(path: "config.json")
      try FileManager.default.copyItem(atPath: tinyModel + "/config.json", toPath: config.path)
      let run = try prompter([
        "model", "inspect", folder.path, "--json", "--method", "p-tuning-v2", "--prompt-length",
        "4", "--prompt-layers", "1-2",
      ])
      #expect(run.status == 0)
      let model = try run.object()
      #expect(model["path"] as? String == folder.path)
      #expect(model["parameters"] as? Int == 32704)
      #expect(model["precision_on_disk"] is NSNull)
      #expect(model["trainable_parameters"] as? Int == 4 * 2 * 2 * 32 + 2 * 32 + 2)
      let complete = try prompter(["model", "inspect", tinyModel, "--json"]).object()
      #expect(complete["parameters"] as? Int == 32704)
      #expect(complete["precision_on_disk"] as? String == "F32")
      #expect(complete["trainable_parameters"] == nil)
    }
  }

  @Test func `a data file is previewed`() throws {
    try withFolder { folder in
      let reviews = folder.appending(path: "reviews.jsonl")
      try writeReviews(20, to: reviews)
      let run = try prompter(["data", "preview", reviews.path, "--limit", "2", "--json"])
      #expect(run.status == 0)
      let preview = try run.object()
      #expect(preview["examples"] as? Int == 20)
      #expect((preview["rows"] as? [[String: Any]])?.count == 2)
      #expect(preview["tokens"] == nil)
      let labels = try #require(preview["labels"] as? [[String: Any]])
      #expect(labels.map { $0["count"] as? Int } == [8, 12])
      let text = try prompter(["data", "preview", reviews.path, "--model", tinyModel])
      #expect(text.output.contains("the film was good"))
      #expect(text.output.contains("tokens"))
    }
  }

  @Test func `the version and the help page go to standard output`() throws {
    #expect(try prompter(["--version"]).output == "0.1.0\n")
    let help = try prompter(["train", "--help"])
    #expect(help.status == 0)
    #expect(help.output.hasPrefix("OVERVIEW: Train a prompt for one task."))
    #expect(help.messages.isEmpty)
  }
}
