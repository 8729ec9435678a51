// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterJSON

@testable import PrompterTokenizer

/// The files that `Scripts/make-tokenizer-fixtures.py` writes.
enum Fixture {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/tokenizer")

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }

  static func tokenizer(_ name: String) throws -> WordPieceTokenizer {
    try WordPieceTokenizer(tokenizerFile: bytes(name), name: name)
  }

  /// The values of a file with one JSON value a line.
  static func lines(_ name: String) throws -> [JSON] {
    try bytes(name).split(separator: UInt8(ascii: "\n")).map {
      try JSON(file: Array($0), name: name)
    }
  }

  /// Calls `body` with a new folder that holds some files, and removes it afterwards.
  static func withFolder(
    _ files: [String: [UInt8]], _ body: (URL) throws -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, bytes) in files { try Data(bytes).write(to: folder.appending(path: name)) }
    try body(folder)
  }
}
