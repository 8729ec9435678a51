// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import Testing

@Suite struct FileSystemTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private var path: String { folder.appending(path: "file").path(percentEncoded: false) }

  private var names: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
    }
  }

  @Test func `a committed file replaces the old one and leaves nothing else`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    for text in ["first", "second"] {
      var file = try ReplacementFile(replacing: path)
      try file.write(Array(text.utf8))
      try file.commit()
      #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }
    #expect(try names == ["file"])
  }

  @Test func `without a commit the old file stays and the new one vanishes`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("old".utf8).write(to: URL(filePath: path))
    do {
      var file = try ReplacementFile(replacing: path)
      try file.write(Array("new".utf8))
      #expect(try names.count == 2)
    }
    #expect(try names == ["file"])
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
  }

  @Test func `a missing folder is refused with the file's name`() {
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "no/file").path(percentEncoded: false)
    let error = #expect(throws: FileError.self) {
      try ReplacementFile(replacing: path).commit()
    }
    #expect(error?.description == "Cannot write \(path): No such file or directory.")
  }

  @Test func `a folder of the same name is refused and nothing is left`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    #expect(throws: FileError.self) { try ReplacementFile(replacing: path).commit() }
    #expect(try names == ["file"])
  }
}
