// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import Testing

@testable import PrompterCLI

@Suite struct ConfigurationFileTests {
  /// A command line expanded by a file of this text.
  private func expanded(_ text: String, _ arguments: String...) throws -> [String] {
    try withFolder { folder in
      let file = folder.appending(path: "run.json").path
      try Data(text.utf8).write(to: URL(filePath: file))
      let rest = arguments.map { $0.replacing("FILE", with: file) }
      let all = try ConfigurationFile.expanded(rest)
      #expect(all.first == rest.first && all.suffix(rest.count - 1) == rest.dropFirst())
      return Array(all.dropFirst().dropLast(rest.count - 1))
    }
  }

  private func refusal(_ text: String) throws -> String {
    try withFolder { folder in
      let file = folder.appending(path: "run.json").path
      try Data(text.utf8).write(to: URL(filePath: file))
      let error = #expect(throws: ConfigurationError.self) {
        try ConfigurationFile.expanded(["train", "--config", file])
      }
      return (error?.description ?? "").replacing(file, with: "FILE")
    }
  }

  @Test func `values of all kinds become options`() throws {
    let words = try expanded(
      """
      {"task": "sst2", "epochs": 10, "learning-rate": 2e-3, "no-shuffle": true, "resume": false,
       "template": "--odd {a}", "seed": "18446744073709551615", "field": ["text=a", "label=b"]}
      """, "train", "--config", "FILE")
    #expect(
      words == [
        "--task=sst2", "--epochs=10", "--learning-rate=0.002", "--no-shuffle",
        "--template=--odd {a}", "--seed=18446744073709551615", "--field=text=a", "--field=label=b",
      ])
    #expect(
      try expanded(#"{"field": {"text": "message"}}"#, "train", "--config=FILE")
        == ["--field=text=message"])
  }

  @Test func `the command line counts instead of the file`() throws {
    let text = #"{"task": "rte", "epochs": 3, "seed": 1, "field": ["text=a"]}"#
    #expect(
      try expanded(text, "train", "--seed", "2", "--config", "FILE", "--task=sst2")
        == ["--epochs=3", "--field=text=a"])
    // Steps stand in place of epochs, and a list in place of a list.
    #expect(
      try expanded(text, "train", "--config", "FILE", "--steps", "9", "--field", "text=b")
        == ["--task=rte", "--seed=1"])
    #expect(try expanded(#"{"seed": 1, "seed": 2}"#, "train", "--config", "FILE") == ["--seed=2"])
  }

  @Test func `a command line without a file stays as it is`() throws {
    for line in [
      [], ["train"], ["train", "--config"], ["train", "--", "--config", "no-such-file"],
      ["predict", "--config", "no-such-file"],
    ] {
      #expect(try ConfigurationFile.expanded(line) == line)
    }
  }

  @Test(arguments: [
    (
      #"{"learnig-rate": 1}"#,
      "FILE: there is no option `learnig-rate`; did you mean `learning-rate`?"
    ),
    (#"{"batch_size": 1}"#, "FILE: there is no option `batch_size`; did you mean `batch-size`?"),
    (#"{"lr": 1}"#, "FILE: there is no option `lr`; did you mean `learning-rate`?"),
    (#"{"config": "a"}"#, "FILE: there is no option `config`."),
    (#"{"help": true}"#, "FILE: there is no option `help`."),
    (#"{"epochs": true}"#, "FILE: `epochs` is true; it should be a string or a number."),
    (#"{"epochs": null}"#, "FILE: `epochs` is null; it should be a string or a number."),
    (#"{"epochs": [1]}"#, "FILE: `epochs` is a list of 1; it should be a string or a number."),
    (#"{"no-pin": "yes"}"#, "FILE: `no-pin` is \"yes\"; it should be true or false."),
    (#"{"field": [[]]}"#, "FILE: `field` is a list of 0; it should be strings in its list."),
    ("[]", "FILE should hold a JSON object, from options to values."),
    ("{\"a\"", "FILE, byte 4: found the end of the file, expected ':'."),
    ("", "FILE, byte 0: found the end of the file, expected a value."),
  ])
  func `what is no option or no value is told in one sentence`(
    _ text: String, _ sentence: String
  ) throws {
    #expect(try refusal(text) == sentence)
  }

  @Test func `a file must be there, and only one`() {
    #expect(throws: FileError.self) {
      try ConfigurationFile.expanded(["train", "--config", "no-such-file"])
    }
    #expect(throws: UsageError.self) {
      try ConfigurationFile.expanded(["train", "--config", "a", "--config=b"])
    }
  }

  @Test func `a training is what its file says`() throws {
    try withFolder { folder in
      let (data, output) = (folder.appending(path: "r.jsonl"), folder.appending(path: "prompt"))
      try writeReviews(10, to: data)
      let file = folder.appending(path: "run.json")
      let values: [String: Any] = [
        "model": tinyModel, "task": "text-classification", "train": data.path, "steps": 2,
        "method": "prompt-tuning", "prompt-length": 3, "output": output.path, "quiet": true,
        "json": true,
      ]
      try JSONSerialization.data(withJSONObject: values).write(to: file)
      let run = try prompter(["train", "--config", file.path, "--prompt-length", "4"])
      #expect(run.status == 0, "\(run.messages)")
      #expect(try run.object()["method"] as? String == "prompt-tuning")
      let summary = try prompter(["prompt", "inspect", output.path, "--json"]).object()
      #expect(summary["prompt_length"] as? Int == 4)
      try Data(#"{"outptu": "x"}"#.utf8).write(to: file)
      let wrong = try prompter(["train", "--config", file.path])
      #expect(wrong.status == 65)
      #expect(
        wrong.messages
          == "prompter: \(file.path): there is no option `outptu`; did you mean `output`?\n")
      #expect(try prompter(["train", "--config", folder.path + "/none.json"]).status == 66)
    }
  }
}
