// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import Testing

@Suite struct AtomicFileTests {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  @Test func `a file is made and replaced`() throws {
    let url = bench.folder.appending(path: "prompt.json")
    for text in ["one", "another"] {
      try AtomicFile.write(Data(text.utf8), to: url)
      #expect(try String(contentsOf: url, encoding: .utf8) == text)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: bench.path) == ["prompt.json"])
  }

  @Test func `a failure names the file and the reason`() throws {
    try bench.write("a file, not a folder", to: "prompt")
    let url = bench.folder.appending(path: "prompt/prompt.json")
    let error = #expect(throws: CheckpointError.self) {
      try AtomicFile.write(Data("x".utf8), to: url)
    }
    #expect(error?.description == "Cannot write \(bench.path)prompt/prompt.json: Not a directory.")
  }
}
