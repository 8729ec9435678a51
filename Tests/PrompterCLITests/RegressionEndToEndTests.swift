// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Numbers for pairs of sentences, from the command line.
@Suite struct RegressionEndToEndTests {
  private static let things = ["film", "story", "play"]
  private static let words = ["good", "great", "bad", "dull", "fun"]

  // Pairs in GLUE's columns; alike in all words 5, in one of two 2.5 and in none 0.
  private func writePairs(_ count: Int, to file: URL) throws {
    var lines = ["index\tgenre\tsentence1\tsentence2\tscore"]
    for index in 0..<count {
      let (thing, word) = (Self.things[index % 3], Self.words[index % 5])
      let other = index % 4 < 2 ? thing : Self.things[(index + 1) % 3]
      let another = index % 2 == 0 ? word : Self.words[(index + 2) % 5]
      let score = ["5.000", "2.5", "2.500", "0"][index % 4]
      lines.append(
        "\(index)\tmade\tthe \"\(thing) was \(word)\tthe \(other) was \(another)\t\(score)")
    }
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
  }

  private func withPairs(_ body: (_ folder: URL, _ file: String, _ prompt: String) throws -> Void)
    throws
  {
    try withFolder { folder in
      let file = folder.appending(path: "pairs.tsv")
      try writePairs(48, to: file)
      try body(folder, file.path, folder.appending(path: "p").path)
    }
  }

  private func train(_ file: String, _ prompt: String, _ options: [String]) throws -> Run {
    try prompter(
      [
        "train", "--model", tinyModel, "--task", "stsb", "--train", file, "--max-length", "24",
        "--threads", "1", "--no-pin", "--quiet", "--overwrite", "--output", prompt,
      ] + options)
  }

  @Test func `a prompt is trained, asked, measured and looked at`() throws {
    try withPairs { folder, file, prompt in
      let trained = try train(
        file, prompt, ["--steps", "4", "--validation", file, "--test", file, "--json"])
      #expect(trained.status == 0, "\(trained.messages)")
      let report = try trained.object()
      #expect((report["labels"] as? [String]) == [])
      #expect(report["selected_by"] as? String == "pearson")
      let majority = (report["baseline"] as? [String: [String: Double]])?["majority"]
      #expect(majority == ["pearson": 0, "spearman": 0])

      let text = "the film was good"
      let asking = ["predict", "--model", tinyModel, "--prompt", prompt]
      let asked = try prompter(
        asking + ["--text", text, "--pair", "the play was bad", "--json"])
      let answer = try asked.object()
      let value = try #require(answer["value"] as? Double, "\(asked.output)")
      #expect(Set(answer.keys) == ["id", "task", "value"])
      let query = #"{"sentence1": "\#(text)", "sentence2": "the play was bad", "id": 7}"# + "\n"
      let lines = try prompter(asking, input: query).objects()
      #expect(lines.first?["value"] as? Double == value)
      #expect(
        try prompter(asking + ["--output-format", "label"], input: query).output == "\(value)\n")
      #expect(
        try prompter(asking + ["--output-format", "csv"], input: query).output
          == "id,line,task,label,probability,error\n7,1,p,\(value),,\n")
      let shown = try prompter(asking + ["--text", text, "--pair", "the play was bad"])
      #expect(shown.output == "p\n\(value)\n")

      let measuring = ["evaluate", "--model", tinyModel, "--prompt", prompt, file]
      let scores = try prompter(measuring + ["--json"]).object()["metrics"] as? [String: Double]
      let test = (report["test"] as? [String: Any])?["metrics"] as? [String: Double]
      #expect(scores?.keys.sorted() == ["pearson", "spearman"] && scores == test)
      #expect(try prompter(measuring).output.contains("Always the mean"))
      let inspected = try prompter(["prompt", "inspect", prompt])
      #expect(inspected.status == 0, "\(inspected.messages)")
      #expect(!inspected.output.contains("labels"))
      #expect(inspected.output.contains("mean            pearson 0.0000, spearman 0.0000"))
    }
  }

  @Test func `a head alone is solved, chosen by what is asked for`() throws {
    try withPairs { _, file, prompt in
      let run = try train(
        file, prompt,
        ["--method", "head-only", "--validation-split", "0.25", "--select", "spearman", "--json"])
      #expect(run.status == 0, "\(run.messages)")
      let report = try run.object()
      #expect(report["selected_by"] as? String == "spearman")
      let fit = try #require(report["head_fit"] as? [String: Any])
      #expect(fit["iterations"] as? Int == 0 && fit["converged"] as? Bool == true)
    }
  }

  @Test func `numbers are cross-validated, and the epochs are those of a head`() throws {
    try withPairs { folder, file, prompt in
      let folds = try train(
        file, prompt, ["--method", "head-only", "--folds", "3", "--json"]
      ).object()
      #expect((folds["mean"] as? [String: Double])?.keys.sorted() == ["pearson", "spearman"])
      let head = try train(
        file, prompt, ["--limit-first", "4", "--prompt-length", "2", "--json"])
      // 400 / √4, and at most 60.
      #expect((try head.object()["epochs"] as? [Any])?.count == 60, "\(head.messages)")
    }
  }

  @Test func `a file is shown and counted`() throws {
    try withPairs { _, file, _ in
      let preview = try prompter(["data", "preview", file, "--task", "stsb", "--json"])
      #expect(preview.status == 0, "\(preview.messages)")
      let report = try preview.object()
      #expect(report["examples"] as? Int == 48 && report["pairs"] as? Int == 48)
      #expect(report["warnings"] as? [String] == [])
      #expect(try prompter(["data", "summary", file, "--task", "stsb"]).status == 0)
    }
  }

  @Test func `wrong use is told in one sentence`() throws {
    try withPairs { folder, file, prompt in
      let bad = folder.appending(path: "bad.tsv")
      try Data("sentence1\tsentence2\tscore\na\tb\t1.5\nc\td\tgood\n".utf8).write(to: bad)
      let ending =
        "bad.tsv, line 3: the label \"good\" is no number; labels of this task are numbers such as "
        + "4 or 2.75.\n"
      for run in [
        try train(bad.path, prompt, ["--steps", "1"]),
        try train(file, prompt, ["--steps", "1", "--validation", bad.path]),
        try prompter(["data", "preview", bad.path, "--task", "stsb"]),
      ] {
        #expect(run.status == 65)
        #expect(run.messages.hasSuffix(ending), "\(run.messages)")
      }
      let metric = try train(
        file, prompt, ["--steps", "1", "--select", "accuracy", "--validation", file])
      #expect(metric.status == 64)
      #expect(
        metric.messages.contains("--select knows pearson, spearman, r_squared for the task stsb"),
        "\(metric.messages)")
      #expect(!FileManager.default.fileExists(atPath: prompt))
    }
  }
}
