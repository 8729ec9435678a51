// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import PrompterJSON
internal import PrompterKernels

/// How the rows of a data file are written.
public enum DataFormat: String, Sendable, Equatable, CaseIterable {
  /// One JSON object a line.
  case jsonLines = "jsonl"
  /// One JSON value: a list of objects, an object of lists, or an object that holds one of them; or
  /// else one object a line.
  case json
  /// A header, then rows; tabs separate, and quotes mean nothing.
  case tabSeparated = "tsv"
  /// A header, then rows; commas separate, and a quoted field may hold commas and line ends.
  case commaSeparated = "csv"
  /// TREC's `COARSE:fine question` lines, in ISO 8859-1 unless a line is valid UTF-8.
  case trec
  /// fastText's `__label__x text` lines.
  case fastText = "fasttext"
  /// One text a line, without labels.
  case lines

  var isJSON: Bool { self == .json || self == .jsonLines }

  /// What the rows are called in a sentence.
  var name: String {
    switch self {
    case .jsonLines: "JSON lines"
    case .json: "JSON"
    case .tabSeparated: "a table with tabs"
    case .commaSeparated: "a table with commas"
    case .trec: "TREC's lines"
    case .fastText: "fastText's lines"
    case .lines: "lines of text"
    }
  }

  static let extensionList = ".jsonl, .json, .tsv, .csv, .txt or .label, packed with .gz or .zst"

  // What says nothing of how a file is written.
  private static let vagueExtensions: Set = ["", "txt", "text", "dat", "data"]

  /// The format that a file's extension says; nil if it says none, as that of a pipe or a device,
  /// so that what is inside must tell.
  init?(of url: URL) throws {
    switch url.dataExtension {
    case "jsonl", "ndjson": self = .jsonLines
    case "json": self = .json
    case "tsv", "tab": self = .tabSeparated
    case "csv": self = .commaSeparated
    case "label": self = .trec
    case let other:
      if Self.vagueExtensions.contains(other) || url.isStream { return nil }
      throw DataError.unsupportedFormat(file: url.relativePath, fileExtension: ".\(other)")
    }
  }

  /// The format of a preset's file: some are published under other names.
  ///
  /// Microsoft's MRPC is a table with tabs in `msr_paraphrase_train.txt`.
  init?(of url: URL, preset: String?) throws {
    if preset == "mrpc", url.dataExtension == "txt" {
      self = .tabSeparated
    } else {
      try self.init(of: url)
    }
  }
}

extension DataFormat {
  /// The format that a text begins like.
  init(found bytes: [UInt8], delimiter: Delimiter?) {
    let start = bytes[Byte.start(of: bytes)...].drop(while: Byte.isBlank)
    if start.first == Byte.openBracket {
      self = .json
    } else if start.first == Byte.openBrace {
      self = Self.holdsOneObject(bytes, from: start.startIndex) ? .json : .jsonLines
    } else if start.starts(with: FastTextLine.mark) {
      self = .fastText
    } else if let delimiter {
      self = delimiter.allowsQuotes ? .commaSeparated : .tabSeparated
    } else {
      self = Self.table(in: bytes, header: start.prefix { $0 != Byte.lineFeed })
    }
  }

  // One over several lines, or one whose members are lists: anything else is an object a line.
  private static func holdsOneObject(_ bytes: [UInt8], from start: Int) -> Bool {
    let line = start..<(bytes[start...].firstIndex(of: Byte.lineFeed) ?? bytes.count)
    guard let first = try? SpelledJSON(bytes, in: line) else { return true }
    guard bytes[line.upperBound...].allSatisfy(Byte.isBlank) else { return false }
    return first.members?.contains { $0.value.kind == .array } == true
  }

  // With tabs or with another delimiter, if it parts all rows alike or the header is known.
  private static func table(in bytes: [UInt8], header: ArraySlice<UInt8>) -> DataFormat {
    switch Delimiter.parting(bytes, among: [.tab, .comma, .semicolon, .bar]) {
    case .tab: return .tabSeparated
    case _?: return .commaSeparated
    case nil where header.contains(Byte.tab): return .tabSeparated
    case nil:
      let names = header.split { [Byte.comma, UInt8(ascii: ";"), UInt8(ascii: "|")].contains($0) }
      let isKnown = names.contains {
        Fields.isUsual(String(decoding: Byte.trimmed($0), as: UTF8.self))
      }
      return isKnown ? .commaSeparated : .lines
    }
  }
}

extension URL {
  /// What the name ends in, in small letters and apart from what says that the file is packed.
  package var dataExtension: String {
    let packed: Set = ["gz", "gzip", "zst", "zstd"]
    let last = pathExtension.lowercased()
    return packed.contains(last) ? deletingPathExtension().pathExtension.lowercased() : last
  }

  // A pipe that has no name, or none that says what comes through it.
  fileprivate var isStream: Bool {
    switch try? FileKind.of(path(percentEncoded: false)) {
    case .pipe, .device, .socket: true
    default: false
    }
  }
}
