// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Standard output and standard error.
enum Output {
  /// Writes a text and a line end to standard output.
  static func write(_ text: String) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    } catch {
      throw OutputFailure()
    }
  }

  /// Writes a text and a line end to standard error; nobody can be told if that fails.
  static func note(_ text: String) {
    noteRaw(text + "\n")
  }

  /// Writes a text to standard error as it is.
  static func noteRaw(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Whether a person sees standard error.
  static var isTerminal: Bool { isatty(FileHandle.standardError.fileDescriptor) == 1 }

  /// Whether a person types standard input.
  static var isInputTerminal: Bool { isatty(FileHandle.standardInput.fileDescriptor) == 1 }

  /// The columns of the terminal, as far as the environment tells.
  static var width: Int {
    ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init).map { max(20, $0) } ?? 80
  }
}

/// Why results did not reach their reader.
struct OutputFailure: Error, Equatable, CustomStringConvertible {
  var description: String { "Standard output cannot be written." }
}
