// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// `prompter generate-manual`, which `make install` calls.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate-manual", abstract: "Write the pages of the manual into a folder.",
    shouldDisplay: false)

  @Argument(help: "The folder, which must be there.", completion: .directory)
  var folder: String

  func run() throws {
    guard (try? FileManager.default.contentsOfDirectory(atPath: folder)) != nil else {
      throw UsageError("\(folder) is no folder.")
    }
    let home = URL(filePath: folder, directoryHint: .isDirectory)
    let pages = ManualPage.all(
      of: try CommandDescription.program(), version: PrompterCommand.configuration.version)
    for page in pages {
      try Data(page.text.utf8).write(to: home.appending(component: page.fileName))
    }
  }
}
