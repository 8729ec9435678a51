// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterKernels

/// How a data file is written, told by its extension.
enum DataFormat: Equatable {
  case jsonLines
  case json
  case tabSeparated
  case commaSeparated
  case trec

  var isJSON: Bool { self == .json || self == .jsonLines }

  static let extensionList = ".jsonl, .json, .tsv, .csv or .label"

  /// The format that a file's extension says; nil for a pipe or a device without one.
  init?(of url: URL) throws {
    switch url.pathExtension.lowercased() {
    case "jsonl", "ndjson": self = .jsonLines
    case "json": self = .json
    case "tsv": self = .tabSeparated
    case "csv": self = .commaSeparated
    case "label": self = .trec
    case let other:
      if url.isStream { return nil }
      throw DataError.unsupportedFormat(
        file: url.relativePath, fileExtension: other.isEmpty ? url.lastPathComponent : ".\(other)")
    }
  }

  /// The format of a preset's file: some are published under other names.
  ///
  /// Microsoft's MRPC is a table with tabs in `msr_paraphrase_train.txt`.
  init?(of url: URL, preset: String?) throws {
    if preset == "mrpc", url.pathExtension.lowercased() == "txt" {
      self = .tabSeparated
    } else {
      try self.init(of: url)
    }
  }

  /// The format that a text without a name begins like.
  init(ofStream bytes: [UInt8]) {
    let start = bytes[Byte.start(of: bytes)...].drop(while: Byte.isBlank)
    switch start.first {
    case Byte.openBrace: self = .jsonLines
    case Byte.openBracket: self = .json
    default:
      let header = start.prefix { $0 != Byte.lineFeed }
      self = header.contains(Byte.tab) ? .tabSeparated : .commaSeparated
    }
  }

  /// Spreadsheets save "Unicode text" as UTF-16, which would read as one column of garbage.
  static func refuseUTF16(_ bytes: [UInt8], file: String) throws {
    let isUTF16 = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
    guard !isUTF16 else { throw DataError.unsupportedEncoding(file: file, found: "UTF-16") }
  }
}

extension URL {
  // A pipe that has no name, or none that says what comes through it.
  fileprivate var isStream: Bool {
    switch try? FileKind.of(path(percentEncoded: false)) {
    case .pipe, .device, .socket: true
    default: false
    }
  }
}
