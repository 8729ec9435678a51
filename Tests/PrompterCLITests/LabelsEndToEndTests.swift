// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Labels of a user's own files, from the command line, with a BERT and a T5.
@Suite struct LabelsEndToEndTests {
  private static let tinyT5 = fixtures.appending(components: "text", "model").path

  private func write(_ labels: [String], to file: URL) throws {
    let lines = labels.map { #"{"text": "the film was good", "label": \#($0)}"# }
    try Data(lines.joined(separator: "\n").utf8).write(to: file)
  }

  private func training(
    _ model: String, _ folder: URL, _ more: [String], task: String = "text-classification"
  ) -> [String] {
    [
      "train", "--model", model, "--task", task, "--train",
      folder.appending(path: "train.jsonl").path,
      "--method", "prompt-tuning", "--prompt-length", "2", "--steps", "1", "--max-length", "16",
      "--threads", "1", "--quiet", "--overwrite", "--output", folder.appending(path: "p").path,
    ] + more
  }

  @Test(arguments: [tinyModel, tinyT5])
  func `labels of validation and test data are checked before training begins`(model: String) throws
  {
    try withFolder { folder in
      let other = folder.appending(path: "other.jsonl")
      for (own, foreign, shown) in [
        (["1", "2", "3"], ["1", "0"], "0"), ([#""b""#, #""a""#, #""c""#], [#""a""#, "1"], "1"),
        (["1", "2"], ["1", "1.0"], "1.0"), ([#""Yes""#, #""No""#], [#""No""#, #""yes""#], "yes"),
        (["0", "1"], ["0", "-1"], "-1"),
      ] {
        try write(own + own, to: folder.appending(path: "train.jsonl"))
        try write(foreign, to: other)
        for option in ["--validation", "--test"] {
          let run = try prompter(training(model, folder, [option, other.path]))
          #expect(run.status == 65, "\(own) \(foreign) \(option)")
          #expect(
            run.messages.contains(
              "other.jsonl, line 2: the label \"\(shown)\" is not one of the task's"),
            "\(run.messages)")
          #expect(run.messages.contains("; --map-label says"), "\(run.messages)")
          #expect(run.messages.utf8.count < 500 + folder.path.utf8.count)
          #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "p").path))
        }
      }
    }
  }

  @Test(arguments: [tinyModel, tinyT5])
  func `a label is mapped, or refused, when a prompt is measured`(model: String) throws {
    try withFolder { folder in
      let other = folder.appending(path: "other.jsonl")
      try write(["1", "2", "1", "2"], to: folder.appending(path: "train.jsonl"))
      try write(["0", "1"], to: other)
      let map = ["--map-label", "1=2", "--map-label", "0=1"]
      let mapped = try prompter(training(model, folder, ["--test", other.path]))
      #expect(mapped.status == 65)
      let trained = try prompter(training(model, folder, []))
      #expect(trained.status == 0, "\(trained.messages)")
      let evaluation = [
        "evaluate", "--model", model, "--prompt", folder.appending(path: "p").path, other.path,
        "--quiet", "--json",
      ]
      #expect(try prompter(evaluation).status == 65)
      #expect(try prompter(evaluation + map).status == 0)
    }
  }

  @Test(arguments: [tinyModel, tinyT5])
  func `training maps the labels of its files`(model: String) throws {
    try withFolder { folder in
      let other = folder.appending(path: "other.jsonl")
      try write([#""bad""#, #""good""#], to: folder.appending(path: "train.jsonl"))
      try write(["0", "1"], to: other)
      let run = try prompter(
        training(
          model, folder,
          ["--validation", other.path, "--map-label", "0=bad", "--map-label", "1=good"]))
      #expect(run.status == 0, "\(run.messages)")
    }
  }

  @Test func `F1 of a preset is told with the label that it counts`() throws {
    try withFolder { folder in
      let file = folder.appending(path: "train.jsonl")
      let lines = (0..<40).map { index in
        #"{"sentence1": "good film", "sentence2": "bad film", "label": ""#
          + (index % 4 == 0 ? "equivalent" : "not_equivalent") + "\"}"
      }
      try Data(lines.joined(separator: "\n").utf8).write(to: file)
      let trained = try prompter(training(tinyModel, folder, [], task: "mrpc"))
      #expect(trained.status == 0, "\(trained.messages)")
      let evaluation = [
        "evaluate", "--model", tinyModel, "--prompt", folder.appending(path: "p").path, file.path,
      ]
      let report = try prompter(evaluation + ["--json"]).object()
      let majority = (report["baseline"] as? [String: [String: Double]])?["majority"]
      #expect(majority == ["accuracy": 0.75, "f1": 0])
      let first = (report["prompts"] as? [[String: Any]])?.first
      #expect(first?["f1_label"] as? String == "equivalent")
      let table = try prompter(evaluation).output
      #expect(
        table.split(separator: "\n").contains {
          $0.split(separator: " ") == ["F1", "is", "that", "of", "equivalent"]
        }, "\(table)")
    }
  }

  @Test func `what of a file is not read is said`() throws {
    try withFolder { folder in
      let file = folder.appending(path: "train.tsv")
      try Data("title\ttext\tlabel\na\tb\tc\nd\te\tf\n".utf8).write(to: file)
      let preview = try prompter(["data", "preview", file.path])
      #expect(preview.output.contains("Columns not read  title"), "\(preview.output)")
      let trained = try prompter([
        "train", "--model", tinyModel, "--task", "text-classification", "--train", file.path,
        "--steps", "1", "--max-length", "16", "--output", folder.appending(path: "p").path,
      ])
      #expect(trained.status == 0 && trained.messages.contains("train.tsv: not read: \"title\".\n"))
      try Data("question1\tquestion2\tis_duplicate\na\tb\t0\nbroken\nc\td\t1\n".utf8).write(
        to: file)
      let published = try prompter(["data", "preview", file.path, "--task", "qqp", "--json"])
      #expect(published.status == 0)
      let passed = try published.object()["passed_over"] as? [String: Int]
      #expect(passed == ["rows": 1, "first_line": 3])
      #expect(
        try prompter(["data", "preview", file.path, "--task", "qqp"]).output
          .contains("Lines passed over  1, the first is line 3"))
    }
  }
}
