// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import Testing

@Suite struct FileMoveTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String {
    folder.appending(path: name).path(percentEncoded: false)
  }

  private func names(in name: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(name)).sorted()
  }

  @Test func `a file replaces a file`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("new".utf8).write(to: URL(filePath: path("a")))
    try Data("old".utf8).write(to: URL(filePath: path("b")))
    try moveFile(path("a"), to: path("b"))
    #expect(try names() == ["b"])
    #expect(try String(contentsOfFile: path("b"), encoding: .utf8) == "new")
  }

  @Test func `a folder replaces an empty folder and no other`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in ["a", "b", "c"] { try makeFolder(path(name)) }
    try Data().write(to: URL(filePath: path("a/file")))
    try moveFile(path("a"), to: path("b"))
    #expect(try names() == ["b", "c"])
    #expect(throws: FileError.self) { try moveFile(path("c"), to: path("b")) }
    #expect(try names(in: "b") == ["file"])
  }

  @Test func `refusals name the path that the user knows`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let error = #expect(throws: FileError.self) {
      try makeFolder(path("missing/a"), shownAs: "mine")
    }
    #expect(error?.description == "Cannot write mine: No such file or directory.")
    #expect(throws: FileError.self) { try moveFile(path("missing"), to: path("b")) }
    #expect(try names().isEmpty)
  }
}
