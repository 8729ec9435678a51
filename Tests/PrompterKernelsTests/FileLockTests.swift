// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import PrompterTestSupport
import Testing

@Suite struct FileLockTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private var path: String { folder.appending(path: ".lock").path(percentEncoded: false) }

  private var names: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
    }
  }

  // The note of whoever has the lock, nil if it was free.
  private func holder() throws -> String? {
    guard case .taken(let note) = try FileLock.claim(path, note: "second") else { return nil }
    return note
  }

  @Test func `one holds a lock at a time, and leaves nothing`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var first: FileLock.Claim? = try FileLock.claim(path, note: "first")
    #expect(try holder() == "first")
    withExtendedLifetime(first) {}
    first = nil
    #expect(try names.isEmpty)
    #expect(try holder() == nil)
    #expect(try names.isEmpty)
  }

  @Test func `a file that a dead process left is no obstacle`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("a long note of a process that is no more".utf8).write(to: URL(filePath: path))
    let claim = try FileLock.claim(path, note: "new")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
    #expect(try holder() == "new")
    withExtendedLifetime(claim) {}
  }

  @Test(arguments: ["pipe", "link", "folder"])
  func `what is no regular file is not taken for a lock`(kind: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    switch kind {
    case "pipe": #expect(makePipe(path))
    case "link":
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/null")
    default:
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }
    #expect(throws: FileError.self) { _ = try FileLock.claim(path, note: "x") }
    #expect(try names == [".lock"])
  }

  @Test func `a process says who it is`() {
    #expect(processInWords.hasPrefix("process \(ProcessInfo.processInfo.processIdentifier) on "))
    #expect(processInWords.hasSuffix("Z"))
  }

  @Test func `what killed processes left goes, and what is being written stays`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let left = [
      ".file.0abc9.partial", ".file.zz.partial", ".other.1.partial", "file", ".file.A B.partial",
    ]
    for name in left { try Data("x".utf8).write(to: folder.appending(path: name)) }
    let staging = folder.appending(path: ".file.5.partial/inside")
    try FileManager.default.createDirectory(at: staging, withIntermediateDirectories: true)
    var running = try ReplacementFile(replacing: folder.appending(path: "file").path)
    let folderPath = folder.path(percentEncoded: false)
    let held = try PartialFolder(folderPath + "/.file.held.partial", shownAs: "file")
    PartialName.removeAbandoned(of: ["file"], in: folderPath)
    let there = try names
    #expect(there.count == 5)
    #expect(
      Set(there).isSuperset(of: [
        ".file.held.partial", ".other.1.partial", "file", ".file.A B.partial",
      ]))
    try running.write([1])
    try running.commit()
    _ = consume held
    PartialName.removeAbandoned(of: ["file"], in: folderPath)
    #expect(try names.count == 3)
  }
}
