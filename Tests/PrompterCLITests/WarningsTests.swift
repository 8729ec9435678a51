// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What the program says of data and trainings that are odd, but no error.
@Suite struct WarningsTests {
  // Two thirds of the pieces are unknown, one text is empty, one label has one example, and a text
  // is in all files.
  private static let training = """
    text,label
    \u{8FD9}\u{90E8}\u{7535}\u{5F71} film,good
    \u{5F88}\u{597D}\u{770B}\u{7684} play,bad
    ,good
    \u{6545}\u{4E8B} story,bad
    the film,odd

    """
  private static let validation = "text,label\nthe play,bad\nthe film,good\n"

  private func withFiles(_ body: (URL, [String]) throws -> Void) throws {
    try withFolder { folder in
      for (name, text) in [
        ("train", Self.training), ("dev", Self.validation), ("test", Self.validation),
      ] {
        try Data(text.utf8).write(to: folder.appending(path: "\(name).csv"))
      }
      let path = { (name: String) in folder.appending(path: name).path }
      try body(
        folder,
        [
          "train", "--model", tinyModel, "--task", "text-classification", "--train",
          path("train.csv"), "--validation", path("dev.csv"), "--test", path("test.csv"), "--steps",
          "2", "--prompt-length", "2", "--threads", "1", "--no-pin", "--output", path("out"),
        ])
    }
  }

  @Test func `training tells what is odd, in sentences and in JSON, unless it is to be quiet`()
    throws
  {
    try withFiles { folder, arguments in
      let (train, dev, test) = (
        folder.path + "/train.csv", folder.path + "/dev.csv", folder.path + "/test.csv"
      )
      let expected = [
        "\(train): 1 of 5 texts is empty, the first on line 4.",
        "\(train): of 3 labels one has a single example (\"odd\"), which is too few to learn from.",
        "\(dev): 1 of 2 texts is in \(train) too, the first on line 3; their scores say little of new "
          + "texts.",
        "\(test): 1 of 2 texts is in \(train) too, the first on line 3; their scores say little of "
          + "new texts.",
        "\(test): 2 of 2 texts are in \(dev) too, the first on line 2; their scores say little of "
          + "new texts.",
        "\(train): 67 % of the pieces are unknown to the model's vocabulary; take a model of the "
          + "texts' language, such as a multilingual one.",
      ]
      let run = try prompter(arguments + ["--json"])
      #expect(run.status == 0, "\(run.messages)")
      #expect(try run.object()["warnings"] as? [String] == expected)
      let lines = run.messages.split(separator: "\n").map(String.init)
      #expect(lines.filter(expected.contains) == expected)
      let quiet = try prompter(arguments + ["--quiet", "--json", "--overwrite"])
      #expect(quiet.status == 0)
      #expect(quiet.messages.isEmpty)
      #expect(try quiet.object()["warnings"] as? [String] == expected)
    }
  }

  @Test func `a loss that rose is told at the end`() throws {
    try withFolder { folder in
      let reviews = folder.appending(path: "reviews.jsonl")
      try writeReviews(40, to: reviews)
      let arguments = [
        "train", "--model", tinyModel, "--task", "text-classification", "--train", reviews.path,
        "--method", "head-only", "--learning-rate", "50", "--schedule", "constant", "--threads",
        "1", "--no-pin", "--json", "--output", folder.appending(path: "out").path,
      ]
      let run = try prompter(arguments)
      #expect(run.status == 0, "\(run.messages)")
      let said = try #require(run.messages.split(separator: "\n").last.map(String.init))
      #expect(said.hasPrefix("The training loss rose from 0."), "\(run.messages)")
      #expect(said.hasSuffix("; try a lower learning rate than 50.0."))
      #expect((try run.object()["warnings"] as? [String])?.last == said)
    }
  }

  @Test func `a preview tells what is odd about a file`() throws {
    try withFiles { folder, _ in
      let file = folder.path + "/train.csv"
      let run = try prompter(["data", "preview", file, "--model", tinyModel, "--json"])
      let warnings = try #require(run.object()["warnings"] as? [String])
      #expect(warnings.count == 3)
      #expect(warnings.last?.hasPrefix("\(file): 67 % of the pieces are unknown") == true)
      #expect(run.messages == warnings.map { $0 + "\n" }.joined())
      let quiet = try prompter(["data", "summary", file, "--quiet"])
      #expect(quiet.messages.isEmpty)
    }
  }

  @Test func `another metric chooses the best prompt, and the prompt says so`() throws {
    try withFiles { folder, arguments in
      let run = try prompter(arguments + ["--select", "f1_macro", "--patience", "1", "--json"])
      #expect(run.status == 0, "\(run.messages)")
      #expect(try run.object()["selected_by"] as? String == "f1_macro")
      let inspection = try prompter([
        "prompt", "inspect", folder.path + "/out", "--json",
      ])
      #expect(try inspection.object()["selected_by"] as? String == "f1_macro")
      let other = try prompter(arguments + ["--patience", "1", "--resume"])
      #expect(other.status == 64)
      #expect(
        other.messages.contains("its choosing metric is f1_macro, now it is accuracy; "),
        "\(other.messages)")
    }
  }
}
