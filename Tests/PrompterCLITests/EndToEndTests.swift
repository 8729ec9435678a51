// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import Testing

@Suite struct EndToEndTests {
  @Test func `a prompt is trained, measured, asked and looked at`() throws {
    try withFolder { folder in
      let reviews = folder.appending(path: "reviews.jsonl")
      try writeReviews(60, to: reviews)
      let output = folder.appending(path: "prompt").path
      let training = try prompter(
        trainArguments(reviews, output) + ["--test", reviews.path, "--json"])
      #expect(training.status == 0, "\(training.messages)")
      try checkTraining(training.object())
      #expect(training.messages.contains("epoch 2.0"))

      let evaluation = try prompter(
        ["evaluate", "--model", tinyModel, "--prompt", "mood=\(output)", reviews.path, "--json"])
      #expect(evaluation.status == 0, "\(evaluation.messages)")
      try checkEvaluation(evaluation.object())

      let answers = try prompter(
        ["predict", "--model", tinyModel, "--prompt", output],
        input: """
          {"text": "the film was good", "id": 7}
          {"text": "the film was bad", "id": "b"}
          """)
      #expect(answers.status == 0, "\(answers.messages)")
      #expect(try answers.objects().map { $0["task"] as? String } == ["prompt", "prompt"])
      #expect(answers.output.hasPrefix(#"{"id":7,"task":"prompt","label":"#))

      let inspection = try prompter(["prompt", "inspect", output, "--json"])
      #expect(inspection.status == 0, "\(inspection.messages)")
      let summary = try inspection.object()
      #expect(summary["method"] as? String == "p-tuning-v2")
      #expect(summary["labels"] as? [String] == ["bad", "good"])
      #expect(summary["prompt_length"] as? Int == 4)
      #expect(summary["prompt_layers"] as? [Int] == [2, 3])
    }
  }

  private func trainArguments(_ data: URL, _ output: String) -> [String] {
    [
      "train", "--model", tinyModel, "--task", "text-classification", "--train", data.path,
      "--validation", data.path, "--epochs", "2", "--prompt-length", "4", "--prompt-layers", "2-3",
      "--threads", "1", "--output", output,
    ]
  }

  private func checkTraining(_ report: [String: Any]) throws {
    #expect(
      Set(report.keys).isSuperset(of: [
        "method", "task", "model", "trainable_parameters", "backbone_parameters", "epochs", "best",
        "baseline", "seconds", "peak_memory_bytes", "precision", "threads", "seed", "output",
      ]))
    // Four virtual tokens, two layers, keys and values of width 32, and a head for two labels.
    #expect(report["trainable_parameters"] as? Int == 4 * 2 * 2 * 32 + 2 * 32 + 2)
    #expect(report["threads"] as? Int == 1)
    let epochs = try #require(report["epochs"] as? [[String: Any]])
    #expect(epochs.map { $0["epoch"] as? Double } == [1, 2])
    let keys: Set = [
      "epoch", "step", "loss", "metrics", "seconds", "examples_per_second", "tokens_per_second",
    ]
    #expect(Set(epochs[0].keys) == keys)
    let baseline = try #require(report["baseline"] as? [String: [String: Double]])
    #expect(baseline["majority"]?["accuracy"] == 0.6)
    let best = try #require(report["best"] as? [String: Any])
    #expect(Set(best.keys) == ["epoch", "metrics"])
  }

  private func checkEvaluation(_ report: [String: Any]) throws {
    #expect(
      Set(report.keys) == [
        "task", "model", "examples", "metrics", "baseline", "seconds", "examples_per_second",
        "precision",
        "prompts",
      ])
    #expect(report["examples"] as? Int == 60)
    let prompts = try #require(report["prompts"] as? [[String: Any]])
    #expect(prompts.map { $0["name"] as? String } == ["mood"])
    let confusion = try #require(prompts[0]["confusion"] as? [[Int]])
    #expect(confusion.map { $0.reduce(0, +) } == [24, 36])
  }

  @Test func `a precision is reported, and is part of what a training is`() throws {
    try withFolder { folder in
      let reviews = folder.appending(path: "reviews.jsonl")
      try writeReviews(20, to: reviews)
      let output = folder.appending(path: "prompt").path
      let arguments = trainArguments(reviews, output) + ["--json", "--precision"]
      let training = try prompter(arguments + ["bfloat16"])
      #expect(training.status == 0, "\(training.messages)")
      #expect(try training.object()["precision"] as? String == "bfloat16")
      let warning = "This CPU has no products in bfloat16"
      #expect(
        training.messages.components(separatedBy: warning).count
          == (Precision.isBFloat16Native ? 1 : 2))
      let other = try prompter(arguments + ["float32", "--resume"])
      #expect(other.status == 64)
      #expect(other.messages.contains("trained otherwise"))
      let answer = try prompter([
        "predict", "--model", tinyModel, "--prompt", output, "--text", "good", "--precision",
        "bfloat16", "--quiet",
      ])
      #expect(answer.status == 0)
      #expect(answer.messages.isEmpty)
    }
  }

  @Test func `a prompt is not overwritten unless asked`() throws {
    try withFolder { folder in
      let reviews = folder.appending(path: "reviews.jsonl")
      try writeReviews(20, to: reviews)
      let output = folder.appending(path: "prompt").path
      let arguments = trainArguments(reviews, output) + ["--quiet"]
      #expect(try prompter(arguments).status == 0)
      let card = folder.appending(components: "prompt", "prompter.json")
      let before = try Data(contentsOf: card)
      let refused = try prompter(arguments + ["--seed", "2"])
      #expect(refused.status == 64)
      #expect(
        refused.messages
          == "prompter: \(output) holds a prompt already; replace it with --overwrite.\n")
      #expect(try Data(contentsOf: card) == before)
      #expect(try prompter(arguments + ["--seed", "2", "--overwrite"]).status == 0)
      #expect(try Data(contentsOf: card) != before)
    }
  }

  @Test(arguments: [1, 8])
  func `a disk that is full is told in one sentence and leaves a prompt as it was`(
    kilobytes: Int
  ) throws {
    try withFolder { folder in
      let reviews = folder.appending(path: "reviews.jsonl")
      try writeReviews(20, to: reviews)
      let output = folder.appending(path: "prompt")
      let arguments = trainArguments(reviews, output.path) + ["--quiet"]
      #expect(try prompter(arguments).status == 0)
      let names = try FileManager.default.contentsOfDirectory(atPath: output.path).sorted()
      let before = try names.map { try Data(contentsOf: output.appending(path: $0)) }
      // A state is larger than eight kilobytes, so both limits are met while training.
      let full = try prompter(
        arguments + ["--seed", "2", "--overwrite"], fileLimit: kilobytes)
      #expect(full.status == 74)
      #expect(full.messages.hasPrefix("prompter: Cannot write "))
      #expect(full.messages.split(separator: "\n").count == 1)
      #expect(try FileManager.default.contentsOfDirectory(atPath: output.path).sorted() == names)
      #expect(try names.map { try Data(contentsOf: output.appending(path: $0)) } == before)
    }
  }

  @Test func `resuming a finished training changes nothing`() throws {
    try withFolder { folder in
      let reviews = folder.appending(path: "reviews.jsonl")
      try writeReviews(20, to: reviews)
      let output = folder.appending(path: "prompt")
      let arguments = trainArguments(reviews, output.path)
      #expect(try prompter(arguments).status == 0)
      let names = try FileManager.default.contentsOfDirectory(atPath: output.path)
      #expect(!names.contains { $0.hasPrefix("training_state") })
      let before = try Data(contentsOf: output.appending(path: "prompter.json"))
      let again = try prompter(arguments + ["--resume"])
      #expect(again.status == 0)
      #expect(again.messages == "The training in \(output.path) is finished already.\n")
      #expect(try Data(contentsOf: output.appending(path: "prompter.json")) == before)
      #expect(try prompter(arguments + ["--resume", "--learning-rate", "1"]).status == 64)
    }
  }

  @Test func `lines that cannot be answered are told among the answers`() throws {
    try withFolder { folder in
      let reviews = folder.appending(path: "reviews.jsonl")
      try writeReviews(20, to: reviews)
      let output = folder.appending(path: "prompt").path
      try #require(try prompter(trainArguments(reviews, output)).status == 0)
      let run = try prompter(
        [
          "predict", "--model", tinyModel, "--prompt", "a=\(output)", "--prompt", "b=\(output)",
          "--batch-size", "2",
        ],
        input: """
          {"task": "a", "text": "good", "id": 1}

          {"task": "c", "text": "good", "id": 2}
          {"task": "b"
          {"task": "b", "text": "bad", "pair": "very", "id": "x"}
          {"task": "b", "text": "bad", "pair": "", "id": null}
          """)
      #expect(run.status == 65)
      let lines = try run.objects()
      #expect(lines.map { $0["task"] as? String } == ["a", nil, nil, nil, "b"])
      #expect(lines.map { $0["line"] as? Int } == [nil, 3, 4, 5, nil])
      #expect(lines[1]["id"] as? Int == 2)
      #expect(
        lines[1]["error"] as? String == "There is no prompt `c`; the prompts are a, b.")
      #expect(lines[2]["error"] as? String == "The line is not valid JSON.")
      #expect(lines[3]["id"] as? String == "x")
      #expect(
        lines[3]["error"] as? String
          == "The prompt `b` cannot answer: it answers single texts, and there is a second one.")
    }
  }

  @Test func `a text is answered for people`() throws {
    try withFolder { folder in
      let reviews = folder.appending(path: "reviews.jsonl")
      try writeReviews(20, to: reviews)
      let output = folder.appending(path: "prompt").path
      try #require(try prompter(trainArguments(reviews, output)).status == 0)
      let run = try prompter(
        ["predict", "--model", tinyModel, "--prompt", output, "--text", "good film"])
      #expect(run.status == 0)
      #expect(run.output.hasPrefix("prompt  Probability\n"))
    }
  }
}
