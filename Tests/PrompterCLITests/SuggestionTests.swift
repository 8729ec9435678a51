// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Testing

@testable import PrompterCLI

@Suite struct SuggestionTests {
  /// The first line of what a command line is answered with.
  private func answer(_ line: String) throws -> String {
    let arguments = line.split(separator: " ").map(String.init)
    let error = #expect(throws: (any Error).self) {
      var command = try PrompterCommand.parseAsRoot(arguments)
      try command.run()
    }
    let report = ErrorReport(of: try #require(error), arguments: arguments)
    #expect(report.status == .usage)
    return String(report.text.prefix { $0 != "\n" })
  }

  @Test(arguments: [
    ("trian", "`prompter` has no command `trian`. Did you mean `prompter train`?"),
    (
      "prompt inspct x",
      "`prompter prompt` has no command `inspct`. Did you mean `prompter prompt inspect`?"
    ),
    ("inspect x", "`prompter` has no command `inspect`. Did you mean `prompter prompt inspect`?"),
    ("data show x", "`prompter data` has no command `show`; its commands are preview, summary."),
    ("help trian", "`prompter` has no command `trian`. Did you mean `prompter train`?"),
  ])
  func `a command that there is not gets the nearest one`(
    _ line: String, _ sentence: String
  ) throws {
    #expect(try answer(line) == "prompter: " + sentence)
  }

  @Test(arguments: [
    ("train --learnig-rate 1", "--learnig-rate", "Did you mean '--learning-rate'?"),
    ("train --learning_rate=1", "--learning_rate", "Did you mean '--learning-rate'?"),
    ("train --batch 3", "--batch", "Did you mean '--batch-size'?"),
    ("train --lr 3", "--lr", "Did you mean '--learning-rate'?"),
    ("train --num_train_epochs 3", "--num_train_epochs", "Did you mean '--epochs'?"),
    ("train --output-dir o", "--output-dir", "Did you mean '--output'?"),
    (
      "evaluate --model m --prompt p --epochs 3 d", "--epochs",
      "It is an option of `prompter train`."
    ),
    ("predict --model m --prompt p --dataa x", "--dataa", "It is"),
  ])
  func `an option that there is not gets the nearest one`(
    _ line: String, _ option: String, _ hint: String
  ) throws {
    let sentence = try answer(line)
    guard hint != "It is" else {
      #expect(sentence.hasPrefix("prompter: Unknown option '\(option)'"))
      return
    }
    #expect(sentence == "prompter: Unknown option '\(option)'. \(hint)")
  }

  @Test func `what is missing is told where nothing is unknown`() throws {
    #expect(
      try answer("train --epochs 3") == "prompter: Missing expected argument '--model <model>'")
  }

  @Test(arguments: [
    ("epoch", "epochs"), ("rate", "learning-rate"), ("max_seq_length", "max-length"),
    ("lr", "learning-rate"),
    ("", nil), ("xyz", nil), ("-", nil),
  ])
  func `names are near by spelling, by words or by initials`(_ typed: String, _ name: String?) {
    let names = ["epochs", "learning-rate", "max-length", "max-target-length", "model"]
    #expect(closestName(to: typed, among: names) == name)
  }
}
