// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Testing

@testable import PrompterCLI

/// Help pages as they were last looked at; RECORD_SNAPSHOTS=1 records them anew.
@Suite struct HelpPageTests {
  private static let commands: [(name: String, type: any ParsableCommand.Type)] = [
    ("prompter", PrompterCommand.self), ("train", TrainCommand.self),
    ("evaluate", EvaluateCommand.self), ("predict", PredictCommand.self),
    ("prompt-inspect", PromptInspectCommand.self), ("prompt-nearest", PromptNearestCommand.self),
    ("prompt-convert", PromptConvertCommand.self), ("model-inspect", ModelInspectCommand.self),
    ("data-preview", DataPreviewCommand.self), ("data-summary", DataSummaryCommand.self),
  ]

  @Test(arguments: commands.indices)
  func `a help page is as recorded`(_ index: Int) throws {
    let (name, type) = Self.commands[index]
    let page = PrompterCommand.helpMessage(for: type, columns: 80) + "\n"
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(components: "Snapshots", "\(name).txt")
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try Data(page.utf8).write(to: file)
    }
    #expect(try page == String(contentsOf: file, encoding: .utf8))
  }

  @Test(arguments: commands.indices)
  func `examples fit in 80 columns`(_ index: Int) {
    let page = PrompterCommand.helpMessage(for: Self.commands[index].type, columns: 300)
    let examples = page.split(separator: "\n").filter {
      $0.hasPrefix("  prompter ") || $0.hasPrefix("    ") && $0.hasSuffix("\\")
    }
    #expect(examples.allSatisfy { $0.count <= 80 })
  }
}
