// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What a user says of data from the command line: labels, weights, long texts, columns.
@Suite struct DataOptionsEndToEndTests {
  private static let table = (0..<24).map { index in
    let filling = index % 3 == 0 ? String(repeating: "the story of the play was ", count: 4) : ""
    return
      "\(index % 4 == 0 ? "pos" : "neg")\t\(index)\t\(filling)\(index % 4 == 0 ? "good" : "bad")"
  }.joined(separator: "\n")

  private func write(_ text: String, _ name: String, in folder: URL) throws -> String {
    let file = folder.appending(path: name)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  private func train(_ file: String, _ folder: URL, _ more: [String]) throws -> Run {
    try prompter(
      [
        "train", "--model", tinyModel, "--task", "text-classification", "--train", file,
        "--columns", "label,_,text", "--prompt-length", "2", "--steps", "2", "--max-length", "12",
        "--threads", "1", "--json", "--overwrite", "--output", folder.appending(path: "p").path,
      ] + more)
  }

  @Test func `labels, weights and windows are said once and remembered`() throws {
    try withFolder { folder in
      let file = try write(Self.table, "train.tsv", in: folder)
      let options = [
        "--labels", "pos,neg", "--class-weights", "balanced", "--long", "windows",
        "--validation-split", "0.25",
      ]
      let run = try train(file, folder, options)
      #expect(run.status == 0, "\(run.messages)")
      let summary = try run.object()
      #expect(summary["labels"] as? [String] == ["pos", "neg"])
      #expect(summary["windowed_texts"] as? Int ?? 0 > 3)
      #expect(run.messages.contains("--max-length and are read in windows."))
      let prompt = folder.appending(path: "p").path
      let card = try prompter(["prompt", "inspect", prompt, "--json"]).object()
      #expect(card["long_texts"] as? String == "windows")
      let evaluation = try prompter([
        "evaluate", "--model", tinyModel, "--prompt", prompt, "--columns", "label,_,text", file,
        "--threads", "1", "--json",
      ])
      let scores = try #require(evaluation.object()["prompts"] as? [[String: Any]])
      #expect(scores.first?["windowed_texts"] as? Int == 8, "\(evaluation.messages)")
      let answers = try prompter(
        [
          "predict", "--model", tinyModel, "--prompt", prompt, "--input-format", "tsv", "--columns",
          "_,id,text", "--threads", "1",
        ], input: Self.table)
      let objects = try answers.objects()
      #expect(objects.map { $0["id"] as? String } == (0..<24).map { "\($0)" })
      #expect(objects.count { $0["windows"] as? Int ?? 1 > 1 } == 8)
      #expect(answers.messages.contains("8 texts are longer than their prompt reads and were read"))
      let again = try train(file, folder, options + ["--resume"]).messages
      #expect(again.contains("Give --resume or --overwrite"))
    }
  }

  @Test func `labels beside those that were named are told with their place`() throws {
    try withFolder { folder in
      let file = try write(Self.table, "train.tsv", in: folder)
      let run = try train(file, folder, ["--labels", "neg,posi"])
      #expect(run.status == 65)
      #expect(
        run.messages.contains("train.tsv, line 1: the label \"pos\" is not one of the task's: "),
        "\(run.messages)")
      let list = try write("pos\nneg\nmixed\n", "labels.txt", in: folder)
      let listed = try train(file, folder, ["--labels", "@\(list)"])
      #expect(try listed.object()["labels"] as? [String] == ["pos", "neg", "mixed"])
      #expect(listed.messages.contains("no example has the label \"mixed\""), "\(listed.messages)")
      for (labels, sentence) in [
        ("neg", "names one label"), ("neg,neg", "is given twice"), ("neg,,pos", "label 2 is empty"),
      ] {
        let run = try train(file, folder, ["--labels", labels])
        #expect(run.status == 64 && run.messages.contains(sentence), "\(run.messages)")
      }
    }
  }

  @Test func `weights of no label are told before training`() throws {
    try withFolder { folder in
      let file = try write(Self.table, "train.tsv", in: folder)
      let run = try train(file, folder, ["--class-weights", "positive=2"])
      #expect(run.status == 65)
      #expect(run.messages.contains("The label \"positive\" is not one of the task's: \"neg\""))
      #expect(try train(file, folder, ["--class-weights", "pos=0"]).status == 64)
    }
  }

  @Test func `a table of queries without a header is told what would help`() throws {
    try withFolder { folder in
      let file = try write(Self.table, "train.tsv", in: folder)
      #expect(try train(file, folder, []).status == 0)
      let queries = [
        "predict", "--model", tinyModel, "--prompt", folder.appending(path: "p").path,
        "--threads", "1",
      ]
      let run = try prompter(queries + [file])
      #expect(run.status == 65 && run.messages.contains("has it a header?"), "\(run.messages)")
      #expect(run.messages.contains("--columns text,label"), "\(run.messages)")
      let lines = try prompter(queries + ["--columns", "text", "--input-format", "text"])
      #expect(lines.status == 64 && lines.messages.contains("--columns is for tables"))
    }
  }
}
