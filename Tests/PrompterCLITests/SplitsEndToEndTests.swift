// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterCLI

/// Data that are drawn, split and validated on in turn.
@Suite struct SplitsEndToEndTests {
  private func train(_ folder: URL, _ options: [String], output: String = "out") throws -> Run {
    try prompter(
      [
        "train", "--model", tinyModel, "--task", "text-classification", "--train",
        folder.appending(path: "reviews.csv").path, "--steps", "2", "--evaluate-every", "2",
        "--method", "head-only", "--max-length", "16", "--threads", "1", "--no-pin", "--json",
        "--output", folder.appending(path: output).path,
      ] + options)
  }

  private func withReviews(_ body: (URL) throws -> Void) throws {
    try withFolder { folder in
      let rows = (0..<40).map { "a film of number \($0),\($0 % 4 == 0 ? "bad" : "good")\n" }
      try Data(rows.joined().utf8).write(to: folder.appending(path: "reviews.csv"))
      try body(folder)
    }
  }

  private func card(_ folder: URL, _ name: String = "out") throws -> [String: Any] {
    let data = try Data(contentsOf: folder.appending(path: "\(name)/prompter.json"))
    return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func counts(_ card: [String: Any]) throws -> [Int] {
    let training = try #require(card["training"] as? [String: Any])
    return ["training_data", "validation_data"].compactMap {
      (training[$0] as? [String: Any])?["examples"] as? Int
    }
  }

  private static let columns = ["--columns", "text,label", "--quiet"]

  @Test func `a share of the training data is validated on, and resuming compares it`() throws {
    try withReviews { folder in
      let options = Self.columns + ["--validation-split", "0.2", "--limit", "16"]
      let run = try train(folder, options)
      #expect(run.status == 0, "\(run.messages)")
      #expect(try counts(card(folder)) == [16, 8])
      let baseline = try run.object()["baseline"] as? [String: [String: Double]]
      #expect(baseline?["majority"]?["accuracy"] == 0.75)
      #expect(try train(folder, options + ["--resume"]).status == 0)
      for other in [["--limit-first", "16"], ["--validation-split", "0.2", "--limit", "12"]] {
        let again = try train(folder, Self.columns + other + ["--resume"])
        #expect(again.status == 64, "\(again.messages)")
        #expect(again.messages.contains("data is"), "\(again.messages)")
      }
    }
  }

  @Test func `the first examples are those of the file`() throws {
    try withReviews { folder in
      let run = try train(folder, Self.columns + ["--limit-first", "5"])
      #expect(run.status == 0, "\(run.messages)")
      #expect(try counts(card(folder)) == [5])
    }
  }

  @Test func `a cross-validation trains a prompt for each fold and tells the mean`() throws {
    try withReviews { folder in
      let options = Self.columns + ["--folds", "3"]
      let report = try train(folder, options).object()
      let folds = try #require(report["folds"] as? [[String: Any]])
      #expect(folds.count == 3)
      let scores = try folds.map { fold in
        let best = try #require(fold["best"] as? [String: Any])
        return try #require((best["metrics"] as? [String: Double])?["accuracy"])
      }
      let spread = CrossValidationSummary.Spread(scores)
      for (name, expected) in [("mean", spread.mean), ("deviation", spread.deviation)] {
        let value = try #require((report[name] as? [String: Double])?["accuracy"])
        #expect(abs(value - expected) < 1e-12)
      }
      let sizes = try (1...3).map { try counts(card(folder, "out/fold-\($0)")) }
      #expect(sizes == [[26, 14], [27, 13], [27, 13]])
      // What is finished is not trained again.
      let resumed = try train(folder, options + ["--resume"]).object()
      #expect(resumed["mean"] as? [String: Double] == report["mean"] as? [String: Double])
      #expect(resumed["seconds"] as? Double == 0)
    }
  }

  @Test func `evaluate draws the same examples each time`() throws {
    try withReviews { folder in
      #expect(try train(folder, Self.columns).status == 0)
      func evaluate(_ options: [String]) throws -> Run {
        try prompter(
          [
            "evaluate", "--model", tinyModel, "--prompt", folder.appending(path: "out").path,
            folder.appending(path: "reviews.csv").path, "--json",
          ] + Self.columns + options)
      }
      let drawn = try evaluate(["--limit", "12"]).object()
      #expect(drawn["examples"] as? Int == 12)
      let baseline = drawn["baseline"] as? [String: [String: Double]]
      #expect(baseline?["majority"]?["accuracy"] == 0.75)
      #expect(try evaluate(["--limit-first", "2"]).object()["examples"] as? Int == 2)
    }
  }

  @Test(arguments: [
    (["--validation-split", "1"], "--validation-split must be above 0 and below 1"),
    (["--validation-split", "0.1", "--validation", "a"], "not both"),
    (["--folds", "1"], "--folds must be at least 2"),
    (["--folds", "2", "--validation-split", "0.1"], "leave out --validation and"),
    (["--folds", "2", "--limit", "5"], "--limit-first reads fewer"),
    (["--limit-first", "0"], "--limit-first must be"),
  ])
  func `what contradicts itself is refused`(options: [String], sentence: String) throws {
    try withReviews { folder in
      let run = try train(folder, options)
      #expect(run.status == 64)
      #expect(run.messages.contains(sentence), "\(run.messages)")
    }
  }

  @Test func `the spread of scores is that of samples`() {
    let spread = CrossValidationSummary.Spread([1, 2, 3, 4])
    #expect(spread.mean == 2.5 && abs(spread.deviation - 1.2909944487) < 1e-9)
    #expect(CrossValidationSummary.Spread([3]).deviation == 0)
    let spreads = CrossValidationSummary.spreads(of: [["a": 1, "b": 2], ["a": 3]])
    #expect(spreads == ["a": CrossValidationSummary.Spread([1, 3])])
  }
}
