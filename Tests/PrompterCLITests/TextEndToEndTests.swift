// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The tiny T5 of the fixtures, which writes the mood of a few words if it is told so.
private let tinyT5 = URL(filePath: #filePath).deletingLastPathComponent()
  .appending(path: "../Fixtures/text/model").standardizedFileURL.path

@Suite struct TextEndToEndTests {
  private func writeMoods(_ count: Int, to file: URL) throws {
    let moods = [("dull", "bad"), ("great", "good"), ("slow", "mixed"), ("fun", "good")]
    let lines = (0..<count).map { index in
      let (word, mood) = moods[index % moods.count]
      return #"{"text": "the film was \#(word) \#(word)", "label": "\#(mood)"}"#
    }
    try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
  }

  @Test func `prompts for a model that writes are trained, measured and asked`() throws {
    try withFolder { folder in
      let moods = folder.appending(path: "moods.jsonl")
      try writeMoods(48, to: moods)
      for seed in 1...2 {
        let training = try prompter([
          "train", "--model", tinyT5, "--task", "text-classification", "--train", moods.path,
          "--validation", moods.path, "--test", moods.path, "--method", "prompt-tuning",
          "--prompt-length", "4", "--learning-rate", "0.1", "--epochs", "4", "--threads", "1",
          "--seed", "\(seed)", "--output", folder.appending(path: "p\(seed)").path, "--json",
        ])
        #expect(training.status == 0, "\(training.messages)")
        let report = try training.object()
        #expect(report["trainable_parameters"] as? Int == 4 * 32)
        #expect(report["labels"] as? [String] == ["bad", "good", "mixed"])
      }
      try checkEvaluation(folder, moods)
      try checkAnswers(folder)
    }
  }

  private func checkEvaluation(_ folder: URL, _ moods: URL) throws {
    let prompts = (1...2).flatMap { ["--prompt", folder.appending(path: "p\($0)").path] }
    let evaluation = try prompter(
      ["evaluate", "--model", tinyT5] + prompts + [moods.path, "--ensemble", "--json"])
    #expect(evaluation.status == 0, "\(evaluation.messages)")
    let report = try evaluation.object()
    let ensemble = try #require(report["ensemble"] as? [String: Any])
    #expect(Set(ensemble.keys) == ["prompts", "metrics", "average", "best"])
    let first = try #require((report["prompts"] as? [[String: Any]])?.first)
    #expect(first["illegal"] as? Double != nil)
    let mapped = try prompter(
      ["evaluate", "--model", tinyT5, "--prompt", folder.appending(path: "p1").path, moods.path]
        + ["--map-label", "bad=good", "--by", "ranking"])
    #expect(mapped.status == 0, "\(mapped.messages)")
    #expect(mapped.output.contains("Always the majority  accuracy 0.7500"), "\(mapped.output)")
  }

  private func checkAnswers(_ folder: URL) throws {
    let start = ["predict", "--model", tinyT5, "--prompt", folder.appending(path: "p1").path]
    let lines = try prompter(
      start,
      input: """
        {"text": "the film was great fun", "id": 7}
        {"id": 8}
        """)
    #expect(lines.status == 65)
    let answers = try lines.objects()
    #expect(answers[0]["probabilities"] as? [String: Double] != nil)
    #expect((answers[1]["error"] as? String)?.contains("no field `text`") == true)
    let inspection = try prompter(
      ["prompt", "inspect", folder.appending(path: "p1").path, "--json"])
    #expect(try inspection.object()["input_template"] as? String == "{text}")
    let text = try prompter(start + ["--text", "great fun", "--by", "generation", "--json"])
    #expect(try text.object()["text"] as? String != nil)
    let people = try prompter(
      start + ["--text", "great fun", "--by", "generation", "--beams", "3"])
    #expect(people.output.hasPrefix("p1\n"), "\(people.output)")
  }

  @Test func `prompts that are wired as PEFT's can be loaded there`() throws {
    try withFolder { folder in
      let moods = folder.appending(path: "moods.jsonl")
      try writeMoods(24, to: moods)
      for (number, (model, method)) in [
        (tinyT5, "prompt-tuning"), (tinyModel, "prompt-tuning"), (tinyModel, "p-tuning-v2"),
      ].enumerated() {
        let output = folder.appending(path: "p\(number)")
        let training = try prompter([
          "train", "--model", model, "--task", "text-classification", "--train", moods.path,
          "--method", method, "--prompt-length", "3", "--steps", "2", "--peft-compatible",
          "--threads", "1", "--output", output.path,
        ])
        #expect(training.status == 0, "\(training.messages)")
        #expect(training.output.contains("loads it as it is"), "\(training.output)")
        #expect(
          FileManager.default.fileExists(
            atPath: output.appending(path: "adapter_config.json").path))
        try FileManager.default.removeItem(at: output.appending(path: "prompter.json"))
        let answer = try prompter([
          "predict", "--model", model, "--prompt", output.path, "--text", "great", "--json",
          "--peft-compatible",
        ])
        #expect(answer.status == 0, "\(answer.messages)")
      }
    }
  }

  @Test func `a preview shows what a model that writes reads`() throws {
    try withFolder { folder in
      let file = folder.appending(path: "copa.jsonl")
      let line =
        #"{"premise": "It rained.", "choice1": "a", "choice2": "b", "question": "effect", "label": 1}"#
      try line.write(to: file, atomically: true, encoding: .utf8)
      let preview = try prompter([
        "data", "preview", file.path, "--task", "copa", "--written", "--json",
      ])
      #expect(preview.status == 0, "\(preview.messages)")
      let row = try #require((preview.object()["rows"] as? [[String: Any]])?.first)
      #expect(row["label"] as? String == "choice2")
      #expect(
        row["text"] as? String == "choice1: a choice2: b premise: It rained. question: effect")
      let own = try prompter(
        ["data", "preview", file.path, "--template", "{premise} So {choice2}.", "--json"])
      let other = try #require((own.object()["rows"] as? [[String: Any]])?.first)
      #expect(other["text"] as? String == "It rained. So b.")
    }
  }

  @Test func `a task of texts is refused on a model that only reads`() throws {
    try withFolder { folder in
      let moods = folder.appending(path: "moods.jsonl")
      try writeMoods(8, to: moods)
      let run = try prompter([
        "train", "--model", tinyModel, "--task", "e2e", "--train", moods.path, "--output",
        folder.appending(path: "p").path,
      ])
      #expect(run.status == 64)
      #expect(run.messages.contains("needs a model that writes texts"))
    }
  }
}
