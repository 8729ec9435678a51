// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

private let text = fixtures.appending(path: "text")
private let tinyT5 = text.appending(path: "model").path
private let adapter = text.appending(path: "peft-prompt").path

@Suite struct PromptNearestCommandTests {
  private func nearest(_ prompt: String, _ more: String...) throws -> Run {
    try prompter(["prompt", "nearest", prompt, "--model", tinyT5, "--threads", "1"] + more)
  }

  @Test func `programs get each token with its neighbours`() throws {
    let run = try nearest(adapter, "--count", "3", "--json")
    #expect(run.status == 0, "\(run.messages)")
    let report = try run.object()
    #expect(
      Set(report.keys) == [
        "prompt", "model", "pieces", "virtual_tokens", "distinct_nearest", "cohesion", "random",
        "cluster_threshold", "labels_found", "labels", "tokens",
      ])
    #expect(report["virtual_tokens"] as? Int == 5)
    // Of 96 ids 21 are special.
    #expect(report["pieces"] as? Int == 75)
    let tokens = try #require(report["tokens"] as? [[String: Any]])
    #expect(tokens.map { $0["token"] as? Int } == [1, 2, 3, 4, 5])
    for token in tokens {
      #expect(Set(token.keys) == ["part", "token", "norm", "cohesion", "neighbours", "clusters"])
      let neighbours = try #require(token["neighbours"] as? [[String: Any]])
      let cosines = neighbours.compactMap { $0["cosine"] as? Double }
      #expect(cosines.count == 3 && cosines == cosines.sorted(by: >))
    }
    #expect(try nearest(adapter, "--count", "3", "--json").output == run.output)
  }

  @Test func `people get tables`() throws {
    let run = try nearest(adapter, "--limit", "2")
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.output.contains("Virtual tokens            5\n"), "\(run.output)")
    #expect(run.output.contains("Token  Norm  Among  Nearest pieces\n"), "\(run.output)")
    #expect(run.output.contains("\n    2  ") && !run.output.contains("\n    3  "))
  }

  @Test func `a published array is a prompt too, and a trained one knows its labels`() throws {
    try withFolder { folder in
      let moods = folder.appending(path: "moods.jsonl")
      try #"{"text": "fun", "label": "good"}"#.appending("\n")
        .appending(#"{"text": "dull", "label": "bad"}"#)
        .write(to: moods, atomically: true, encoding: .utf8)
      let prompt = folder.appending(path: "p").path
      let training = try prompter([
        "train", "--model", tinyT5, "--task", "text-classification", "--train", moods.path,
        "--method", "prompt-tuning", "--prompt-length", "3", "--prompt-init", "labels", "--steps",
        "1", "--learning-rate", "0.001", "--threads", "1", "--output", prompt, "--quiet",
      ])
      try #require(training.status == 0, "\(training.messages)")
      let report = try nearest(prompt, "--count", "1", "--json").object()
      // One small step does not lead away from where the prompt started.
      #expect(report["labels_found"] as? Int == 2)
      let labels = try #require(report["labels"] as? [[String: Any]])
      #expect(labels.map { $0["label"] as? String } == ["bad", "good"])
      let people = try nearest(prompt)
      #expect(people.output.contains("Labels found              2 of 2\n"), "\(people.output)")
      #expect(people.output.contains("bad    ▁bad   1 (1)"), "\(people.output)")

      let array = folder.appending(path: "p.npy").path
      #expect(try prompter(["prompt", "convert", prompt, array, "--to", "npy"]).status == 0)
      let published = try nearest(array, "--count", "1", "--json").object()
      #expect(published["cohesion"] is NSNull)
      #expect((published["labels"] as? [Any])?.isEmpty == true)
      #expect(published["distinct_nearest"] as? Int == report["distinct_nearest"] as? Int)
    }
  }

  @Test(arguments: [
    (["--count", "0"], 64, "--count must be between 1 and 1000, not 0."),
    (["--limit", "0"], 64, "--limit must be at least 1"),
  ])
  func `numbers that list nothing are refused`(
    _ arguments: [String], _ status: Int32, _ sentence: String
  ) throws {
    let run = try prompter(["prompt", "nearest", adapter, "--model", tinyT5] + arguments)
    #expect(run.status == status)
    #expect(run.messages.contains(sentence), "\(run.messages)")
  }

  @Test func `other prompts are refused in one sentence`() throws {
    let deep = fixtures.appending(path: "bert/peft-prefix").path
    let run = try prompter(["prompt", "nearest", deep, "--model", tinyModel])
    #expect(run.status == 65)
    #expect(
      run.messages == "prompter: The prompt has keys and values in the layers, and no vectors at "
        + "the input, where prompt tuning has them.\n")
    let other = try prompter(["prompt", "nearest", adapter, "--model", tinyModel])
    #expect(other.status == 65)
    #expect(other.messages.contains("does not fit"), "\(other.messages)")
    let missing = try nearest("no-such-prompt")
    #expect(missing.status == 66, "\(missing.messages)")
  }
}
