// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterJSON
import Testing

@testable import PrompterCLI

@Suite struct RecordedOptionsTests {
  private func recorded(_ arguments: [String]) throws -> RecordedOptions {
    let train = try #require(
      CommandDescription.program().subcommands?.first { $0.commandName == "train" })
    return RecordedOptions(
      arguments: arguments, of: train, resolved: [("precision", "float32"), ("threads", "2")])
  }

  @Test func `what decides the result is kept, and what the machine chose is added`() throws {
    let options = try recorded([
      "--model", "m", "--field=text=a=b", "--field", "label=c", "--no-shuffle", "--resume",
      "--json",
      "--output", "out", "--config=run.json", "--threads", "1", "--template", "--odd {a}",
    ])
    #expect(
      options.words == [
        "--model=m", "--field=text=a=b", "--field=label=c", "--no-shuffle", "--threads=1",
        "--template=--odd {a}", "--precision=float32",
      ])
  }

  @Test func `the file of options is what train --config reads`() throws {
    let options = RecordedOptions(words: [
      "--model=m", "--field=text=a", "--no-shuffle", "--field=label=\"x\"", "--seed=3",
    ])
    let text = options.configuration.line
    #expect(
      text
        == #"{"model":"m","field":["text=a","label=\"x\""],"no-shuffle":true,"seed":"3"}"#)
    try withFolder { folder in
      let file = folder.appending(path: "run.json").path
      try Data(text.utf8).write(to: URL(filePath: file))
      #expect(
        try ConfigurationFile.expanded(["train", "--config", file]).sorted()
          == (["train", "--config", file] + options.words).sorted())
    }
  }

  @Test func `a shell reads the command as it was given`() {
    let options = RecordedOptions(words: ["--train=my data.tsv", "--template=it's {a}", "--seed=1"])
    #expect(
      options.command(output: "new")
        == #"prompter train '--train=my data.tsv' '--template=it'\''s {a}' --seed=1 --output=new"#)
  }

  @Test(arguments: [["--method", "p-tuning-v2"], ["--method", "fine-tuning"]])
  func `a run repeated by what its prompt says gives the same bits`(method: [String]) throws {
    try withFolder { folder in
      let data = folder.appending(path: "a b.jsonl")
      let lines = [("good", "a"), ("bad", "b"), ("fine film", "a"), ("dull play", "b")]
      try Data(
        lines.map { #"{"sentence": "\#($0)", "label": "\#($1)"}"# + "\n" }.joined().utf8
      ).write(to: data)
      let first = folder.appending(path: "first")
      let trained = try prompter(
        [
          "train", "--model", tinyModel, "--task", "text-classification", "--train", data.path,
          "--field", "text=sentence", "--steps", "3", "--max-length", "16", "--seed", "7",
          "--output", first.path, "--quiet",
        ] + method)
      #expect(trained.status == 0, "\(trained.messages)")
      let file = folder.appending(path: "run.json")
      let written = try prompter(["prompt", "inspect", first.path, "--options"])
      try Data(written.output.utf8).write(to: file)
      let second = folder.appending(path: "second")
      let repeated = try prompter(["train", "--config", file.path, "--output", second.path])
      #expect(repeated.status == 0, "\(repeated.messages)")
      let weights = try FileManager.default.contentsOfDirectory(atPath: first.path)
        .filter { $0.hasSuffix(".safetensors") }
      #expect(!weights.isEmpty)
      for name in weights {
        let bits = try Data(contentsOf: first.appending(path: name))
        #expect(try bits == Data(contentsOf: second.appending(path: name)), "\(name)")
      }
      let text = try prompter(["prompt", "inspect", first.path]).output
      #expect(text.contains("\nprompter train "))
      #expect(text.contains(" '--train=\(data.path)' "))
      let summary = try prompter(["prompt", "inspect", first.path, "--json"]).object()
      #expect((summary["options"] as? [String: Any])?["seed"] as? String == "7")
    }
  }

  @Test func `a prompt that no command trained says so`() throws {
    let prompt = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fixtures/text/peft-prompt").standardizedFileURL
    let run = try prompter(["prompt", "inspect", prompt.path, "--options"])
    #expect(run.status == 64 && run.output.isEmpty)
    #expect(run.messages.contains("does not say with which options it was trained."))
  }
}
