// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import PrompterTestSupport
import Testing

@Suite struct FileKindTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String {
    folder.appending(path: name).path(percentEncoded: false)
  }

  @Test func `everything that can stand at a path is told apart`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data().write(to: URL(filePath: path("file")))
    #expect(makePipe(path("pipe")))
    try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: "file")
    #expect(try FileKind.of(path("none")) == nil)
    #expect(try FileKind.of(path("file")) == .file)
    #expect(try FileKind.of(path("pipe")) == .pipe)
    #expect(try FileKind.of(path("link")) == .file)
    #expect(try FileKind.of(path("link"), followingLinks: false) == .link)
    #expect(try FileKind.of(path(".")) == .folder)
    #expect(try FileKind.of("/dev/null") == .device)
    let error = #expect(throws: FileError.self) { try FileKind.of(path("file/inside")) }
    #expect(error?.reason == "Not a directory")
  }

  @Test func `nothing but a regular file is replaced, and a link stays a link`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(makePipe(path("pipe")))
    try Data("old".utf8).write(to: URL(filePath: path("file")))
    for (link, target) in [("link", "file"), ("nowhere", "no/file"), ("null", "/dev/null")] {
      try FileManager.default.createSymbolicLink(
        atPath: path(link), withDestinationPath: target)
    }
    for (name, reason) in [
      ("pipe", "it is not a regular file but a named pipe"),
      ("nowhere", "it is a symbolic link to nothing"),
      ("null", "it is not a regular file but a device"),
    ] {
      let error = #expect(throws: FileError.self) {
        try ReplacementFile(replacing: path(name)).commit()
      }
      #expect(error?.description == "Cannot write \(path(name)): \(reason).")
    }
    var file = try ReplacementFile(replacing: path("link"))
    try file.write(Array("new".utf8))
    try file.commit()
    #expect(try FileKind.of(path("link"), followingLinks: false) == .link)
    #expect(try String(contentsOfFile: path("file"), encoding: .utf8) == "new")
    let names = try FileManager.default.contentsOfDirectory(atPath: path(".")).sorted()
    #expect(names == ["file", "link", "nowhere", "null", "pipe"])
  }

  @Test func `folders are made with those above them, or the cause is named`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try makeFolders(path("a/b/c/"))
    try makeFolders(path("a/b"))
    #expect(try FileKind.of(path("a/b/c")) == .folder)
    try Data().write(to: URL(filePath: path("file")))
    for (name, reason) in [
      ("file", "it is a file; a folder is needed"), ("file/a/b", "Not a directory"),
      (String(repeating: "n", count: 300), "File name too long"),
    ] {
      let error = #expect(throws: FileError.self) { try makeFolders(path(name)) }
      #expect(error?.reason == reason)
    }
  }

  @Test func `pipes are read to their end where they are welcome`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let pipe = path("pipe")
    #expect(makePipe(pipe))
    let error = #expect(throws: FileError.self) { try fileContents(pipe, allowsPipes: false) }
    #expect(error?.reason == "it is not a regular file but a named pipe")
    let text = String(repeating: "0123456789", count: 100_000)
    let isStarted = Threads.start {
      try? FileHandle(forWritingTo: URL(filePath: pipe)).write(contentsOf: Data(text.utf8))
    }
    #expect(isStarted)
    #expect(try fileContents(pipe) == Array(text.utf8))
    let missing = #expect(throws: FileError.self) { try fileContents(path("none")) }
    #expect(missing?.isMissing == true)
    let folder = #expect(throws: FileError.self) { try fileContents(path(".")) }
    #expect(folder?.reason == "it is a folder")
    #expect(folder?.isMissing == false)
  }
}
