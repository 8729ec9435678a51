// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What is in the folder of a training, whoever writes there and whatever ends it.
@Suite struct TrainingFolderTests {
  // A folder with two data files of few examples.
  private func withData(_ body: (_ folder: URL, _ output: URL) throws -> Void) throws {
    try withFolder { folder in
      let files = [
        "a": [("good", "a"), ("bad", "b")],
        "b": [("the film", "yes"), ("dull play", "no"), ("fun", "maybe")],
      ]
      for (name, rows) in files {
        let lines = rows.map { #"{"text": "\#($0)", "label": "\#($1)"}"# + "\n" }.joined()
        try Data(lines.utf8).write(to: folder.appending(path: "\(name).jsonl"))
      }
      try body(folder, folder.appending(path: "out"))
    }
  }

  private func arguments(
    _ folder: URL, _ data: String, steps: Int, evaluateEvery: Int? = nil, _ more: [String] = [],
    output: String = "out"
  ) -> [String] {
    [
      "train", "--model", tinyModel, "--task", "text-classification", "--train",
      folder.appending(path: "\(data).jsonl").path, "--steps", "\(steps)", "--evaluate-every",
      "\(evaluateEvery ?? steps)", "--max-length", "16", "--threads", "1", "--no-pin", "--output",
      folder.appending(path: output).path,
    ] + more
  }

  private func names(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  private func holds(_ folder: URL, _ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: name).path)
  }

  private func labels(_ output: URL) throws -> [String]? {
    let card = try Data(contentsOf: output.appending(path: "prompter.json"))
    return (try JSONSerialization.jsonObject(with: card) as? [String: Any])?["labels"] as? [String]
  }

  private static let state = "training_state.safetensors"
  private static let adapterFiles = [
    "adapter_config.json", "adapter_model.safetensors", "prompter.json",
  ]
  private static let many = 1_000_000

  @Test func `a second training in a folder is refused at once, and a killed one is no obstacle`()
    throws
  {
    try withData { folder, output in
      let first = try BackgroundRun(arguments(folder, "a", steps: Self.many, ["--quiet"]))
      #expect(try first.wait { holds(output, Self.state) })
      let second = try prompter(arguments(folder, "a", steps: 2, ["--overwrite"]))
      #expect(second.status == 64)
      #expect(second.output.isEmpty)
      let start = "prompter: \(output.path) is in use by another process (training, process "
      #expect(second.messages.hasPrefix("\(start)\(first.identifier) on "), "\(second.messages)")
      #expect(second.messages.split(separator: "\n").count == 1)
      #expect(first.end(by: SIGKILL) == nil)
      let third = try prompter(arguments(folder, "a", steps: 2, ["--overwrite", "--quiet"]))
      #expect(third.status == 0, "\(third.messages)")
      #expect(try names(output) == Self.adapterFiles)
    }
  }

  @Test func `a prompt is not converted into the folder of a training`() throws {
    try withData { folder, output in
      let other = folder.appending(path: "other").path
      let made = try prompter(
        arguments(
          folder, "a", steps: 2, ["--method", "prompt-tuning", "--peft-compatible", "--quiet"],
          output: "other"))
      #expect(made.status == 0, "\(made.messages)")
      let first = try BackgroundRun(arguments(folder, "a", steps: Self.many, ["--quiet"]))
      #expect(try first.wait { holds(output, Self.state) })
      let run = try prompter([
        "prompt", "convert", other, output.path, "--to", "peft", "--overwrite",
      ])
      #expect(run.status == 64)
      #expect(run.messages.contains("is in use by another process (training, process "))
      _ = first.end(by: SIGKILL)
    }
  }

  @Test func `an overwriting training that is killed never leaves the old prompt as its own`()
    throws
  {
    try withData { folder, output in
      #expect(try prompter(arguments(folder, "a", steps: 2, ["--quiet"])).status == 0)
      let again = arguments(folder, "b", steps: 1_500)
      let run = try BackgroundRun(again + ["--overwrite", "--quiet"])
      #expect(try run.wait { holds(output, Self.state) })
      #expect(run.end(by: SIGKILL) == nil)
      // The old prompt is there, and marked.
      #expect(try labels(output) == ["a", "b"])
      let inspection = try prompter(["prompt", "inspect", output.path])
      #expect(inspection.output.contains("Another training has begun in the folder"))
      let answer = try prompter([
        "predict", "--model", tinyModel, "--prompt", output.path, "--text", "good",
      ])
      #expect(answer.status == 0)
      #expect(answer.messages.contains("Another training has begun in the folder"))
      // With the old settings there is nothing to resume, with the new ones training goes on.
      let old = try prompter(arguments(folder, "a", steps: 2, ["--resume"]))
      #expect(old.status == 64)
      #expect(old.messages.contains("belongs to another run: its "))
      let resumed = try prompter(again + ["--resume"])
      #expect(resumed.status == 0, "\(resumed.messages)")
      #expect(!resumed.messages.contains("finished already"))
      #expect(try labels(output) == ["maybe", "no", "yes"])
    }
  }

  @Test func `resuming a finished training compares all that decides the result`() throws {
    try withData { folder, output in
      func resumed(_ data: String, _ more: [String]) throws -> Run {
        try prompter(arguments(folder, data, steps: 2, more + ["--resume"]))
      }
      #expect(try prompter(arguments(folder, "a", steps: 2, ["--quiet"])).status == 0)
      let card = try Data(contentsOf: output.appending(path: "prompter.json"))
      let data = folder.appending(path: "a.jsonl").path
      for (more, key) in [
        (["--prompt-length", "7"], "method's options"),
        (["--prompt-layers", "2-3"], "method's options"),
        (["--reparameterization", "mlp"], "method's options"),
        (["--prompt-dropout", "0.3"], "method's options"), (["--pooling", "cls"], "pooling"),
        (["--peft-compatible"], "pooling"), (["--validation", data], "validation data"),
        (["--validation", data, "--select", "f1_macro"], "choosing metric"),
        (["--seed", "2"], "seed"),
        (["--method", "head-only"], "method"),
      ] {
        let run = try resumed("a", more)
        #expect(run.status == 64, "\(more)")
        let start =
          "prompter: \(output.path) holds a prompt that was trained otherwise: its \(key) is "
        #expect(run.messages.contains(start), "\(run.messages)")
      }
      let precisions = try ["float32", "bfloat16", "int16"].map {
        try resumed("a", ["--precision", $0, "--quiet"])
      }
      // One of the three is what `auto` was.
      #expect(precisions.map(\.status).sorted() == [0, 64, 64])
      #expect(precisions.count { $0.messages.contains("its precision is ") } == 2)
      let other = try resumed("b", [])
      #expect(other.status == 64)
      #expect(
        other.messages.contains("its labels is ")
          || other.messages.contains("its training data is "))
      let fewer = try resumed("a", ["--limit", "1"])
      #expect(fewer.status == 64)
      #expect(fewer.messages.contains("its labels is a, b, now it is a; "))
      let same = try resumed("a", [])
      #expect(same.status == 0)
      #expect(same.messages == "The training in \(output.path) is finished already.\n")
      #expect(try Data(contentsOf: output.appending(path: "prompter.json")) == card)
    }
  }

  @Test func `a finished prompt that does not say what it was trained on cannot be resumed`() throws
  {
    try withData { folder, output in
      #expect(try prompter(arguments(folder, "a", steps: 2, ["--quiet"])).status == 0)
      let file = output.appending(path: "prompter.json")
      var card = try #require(
        JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
      card["training"] = nil
      try JSONSerialization.data(withJSONObject: card).write(to: file)
      let run = try prompter(arguments(folder, "a", steps: 2, ["--resume"]))
      #expect(run.status == 64)
      #expect(run.messages.contains("it does not say what data and options it was trained with"))
    }
  }

  @Test func `a training that diverges leaves its best prompt, and is not run again`() throws {
    try withData { folder, output in
      let data = folder.appending(path: "a.jsonl").path
      let all = arguments(
        folder, "a", steps: 400, evaluateEvery: 1,
        [
          "--validation", data, "--warmup", "4000", "--learning-rate", "1e25", "--schedule",
          "constant", "--gradient-norm", "0",
        ])
      let run = try prompter(all + ["--quiet"])
      #expect(run.status == 1)
      #expect(run.messages.contains("is not a finite number at step "))
      #expect(
        run.messages.contains("; \(output.path) holds the best prompt until then, of epoch "),
        "\(run.messages)")
      #expect(try names(output) == Self.adapterFiles + [Self.state])
      let inspection = try prompter(["prompt", "inspect", output.path, "--json"])
      #expect(inspection.status == 0, "\(inspection.messages)")
      let unfinished = try #require(inspection.object()["unfinished"] as? [String: Any])
      #expect(unfinished["reason"] as? String == "diverged")
      #expect(unfinished["steps"] as? Int == 400)
      let answer = try prompter([
        "predict", "--model", tinyModel, "--prompt", output.path, "--text", "good",
      ])
      #expect(answer.status == 0, "\(answer.messages)")
      #expect(answer.messages.contains("this is the best prompt until then"))
      let again = try prompter(all + ["--resume", "--quiet"])
      #expect(again.status == 64)
      #expect(again.messages.contains("diverged: the "), "\(again.messages)")
      #expect(try prompter(["prompt", "inspect", output.path]).status == 0)
      #expect(try prompter(all).status == 64)
    }
  }

  @Test func `a training that diverges before an evaluation leaves no prompt`() throws {
    try withData { folder, output in
      let all = arguments(
        folder, "a", steps: 400,
        [
          "--warmup", "4000", "--learning-rate", "1e25", "--schedule", "constant",
          "--gradient-norm", "0",
        ])
      let run = try prompter(all + ["--quiet"])
      #expect(run.status == 1)
      #expect(run.messages.hasSuffix("try a lower learning rate.\n"))
      #expect(try names(output) == [Self.state])
      #expect(try prompter(all + ["--resume"]).status == 64)
    }
  }

  @Test func `an interrupted training leaves its best prompt, marked, and goes on`() throws {
    try withData { folder, output in
      let data = folder.appending(path: "a.jsonl").path
      let all = arguments(
        folder, "a", steps: 20_000, evaluateEvery: 5, ["--validation", data])
      let run = try BackgroundRun(all)
      #expect(try run.wait { try run.said().contains("accuracy") })
      #expect(run.end(by: SIGINT) == 130)
      let said = try run.said()
      #expect(said.contains(": \(output.path) holds the best prompt so far, of epoch "), "\(said)")
      #expect(holds(output, Self.state))
      let inspection = try prompter(["prompt", "inspect", output.path, "--json"])
      let unfinished = try #require(inspection.object()["unfinished"] as? [String: Any])
      #expect(unfinished["reason"] as? String == "interrupted")
      let evaluation = try prompter([
        "evaluate", "--model", tinyModel, "--prompt", output.path, data,
      ])
      #expect(evaluation.status == 0, "\(evaluation.messages)")
      #expect(evaluation.messages.contains("The training was interrupted at step "))
      let answer = try prompter([
        "predict", "--model", tinyModel, "--prompt", output.path, "--text", "good",
      ])
      #expect(answer.status == 0, "\(answer.messages)")
      #expect(answer.messages.contains("; this is the best prompt until then."))
      let other = try prompter(all + ["--resume", "--seed", "5"])
      #expect(other.status == 64)
      // Without its state an unfinished prompt is not taken for a finished one.
      try FileManager.default.removeItem(at: output.appending(path: Self.state))
      let lost = try prompter(all + ["--resume"])
      #expect(lost.status == 64)
      #expect(
        lost.messages.contains("holds an unfinished prompt without the state of its training"))
    }
  }

  @Test func `a training that is interrupted before an evaluation leaves its prompt, marked`()
    throws
  {
    try withData { folder, output in
      let all = arguments(folder, "a", steps: Self.many)
      let run = try BackgroundRun(all)
      #expect(try run.wait { holds(output, Self.state) })
      #expect(run.end(by: SIGINT) == 130)
      let said = try run.said()
      #expect(
        said.contains("holds the prompt of this step, before any evaluation, marked as unfinished"),
        "\(said)")
      let answer = try prompter([
        "predict", "--model", tinyModel, "--prompt", output.path, "--text", "good",
      ])
      #expect(answer.status == 0, "\(answer.messages)")
      #expect(answer.messages.contains("this is the prompt of that step, before any evaluation."))
    }
  }

  @Test func `a prompt from before is not replaced by one without a score`() throws {
    try withData { folder, output in
      #expect(try prompter(arguments(folder, "a", steps: 2, ["--quiet"])).status == 0)
      let run = try BackgroundRun(
        arguments(folder, "b", steps: Self.many, ["--overwrite", "--quiet"]))
      #expect(try run.wait { holds(output, Self.state) })
      #expect(run.end(by: SIGINT) == 130)
      #expect(try labels(output) == ["a", "b"])
    }
  }

  @Test func `an interrupted training that is resumed ends with a finished prompt`() throws {
    try withData { folder, output in
      let data = folder.appending(path: "a.jsonl").path
      let all = arguments(
        folder, "a", steps: 1_000, evaluateEvery: 10, ["--validation", data])
      let run = try BackgroundRun(all)
      #expect(try run.wait { try run.said().contains("accuracy") })
      _ = run.end(by: SIGINT)
      #expect(try prompter(all + ["--resume"]).status == 0)
      let inspection = try prompter(["prompt", "inspect", output.path, "--json"])
      #expect(try inspection.object()["unfinished"] is NSNull)
      #expect(!holds(output, Self.state))
    }
  }

  @Test func `what killed runs left behind goes at the next start`() throws {
    try withData { folder, output in
      let left = [
        "out/.prompter.json.1a2b.partial", "out/.training_state.safetensors.zz9.partial",
        "out/.out.k1.partial/prompt.safetensors", ".out.k2.partial/prompter.json",
      ]
      for name in left {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data("x".utf8).write(to: file)
      }
      #expect(try prompter(arguments(folder, "a", steps: 2, ["--quiet"])).status == 0)
      #expect(try names(output).allSatisfy { !$0.hasPrefix(".") })
      #expect(try names(folder) == ["a.jsonl", "b.jsonl", "out"])
    }
  }
}
