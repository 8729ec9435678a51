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

/// A small generator of random numbers, the same in every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
