// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterJSON
import PrompterKernels

/// Standard output and standard error.
///
/// What is written may come from files that strangers made, so control characters are shown
/// escaped, line ends and tabs apart.
enum Output {
  /// Writes a text and a line end to standard output.
  static func write(_ text: String) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data((shown(text) + "\n").utf8))
    } catch {
      throw OutputFailure(reason: FileError(.write, "", from: error).reason)
    }
  }

  /// Writes a text and a line end to standard error; nobody can be told if that fails.
  static func note(_ text: String) {
    noteRaw(shown(text) + "\n")
  }

  private static func shown(_ text: String) -> String {
    text.escapingControls(except: ["\n", "\t"])
  }

  /// Writes a text to standard error as it is: only what steers the terminal on purpose.
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
  var reason = "its reader is gone"

  var description: String { "Standard output cannot be written: \(reason)." }
}
