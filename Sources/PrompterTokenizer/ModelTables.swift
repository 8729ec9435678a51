// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// The large parts of a `tokenizer.json`, its pieces and merges, read without a string or a JSON
/// value for each of them: a start of a program should not wait for a hundred thousand of these.
struct ModelTables {
  private(set) var pieces: Vocabulary?
  private(set) var merges: MergeList?

  /// Reads a file.
  ///
  /// - Returns: All else that the file says; `nil` if it is ill-formed, which who reads it as a
  ///   whole finds out in words.
  mutating func read(_ bytes: [UInt8]) -> JSON? {
    // Strings of tables are not looked at one by one.
    guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
    var scanner = JSONScanner(bytes, requiresStreamSafeText: true)
    scanner.skipByteOrderMark()
    guard scanner.startsWith("{") else { return nil }
    var members: [(key: String, value: JSON)] = []
    do {
      try scanner.object { key, scanner in
        let isModel = key.utf8.elementsEqual("model".utf8) && scanner.startsWith("{")
        members.append(
          (key, try isModel ? model(&scanner) : try scanner.value(depth: 1)))
      }
      try scanner.end()
    } catch {
      return nil
    }
    return .object(members)
  }

  private mutating func model(_ scanner: inout JSONScanner) throws -> JSON {
    (pieces, merges) = (nil, nil)
    var members: [(key: String, value: JSON)] = []
    try scanner.object { key, scanner in
      // What is not a table is read as any other value, from the start.
      var ahead = scanner
      switch key {
      case "vocab":
        pieces = Vocabulary(&ahead)
        if pieces != nil { return scanner = ahead }
      case "merges":
        merges = MergeList(&ahead)
        if merges != nil { return scanner = ahead }
      default: break
      }
      members.append((key, try scanner.value(depth: 2)))
    }
    return .object(members)
  }
}
