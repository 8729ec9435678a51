// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// Reads `vocab.txt`: one piece a line, its id the number of the line from 0.
extension WordPieceTokenizer {
  /// A tokenizer from the contents of `vocab.txt` and of the files beside it.
  init(
    vocabularyFile bytes: [UInt8], name: String, kind: TokenizerClass? = nil,
    settings: TokenizerSettings
  ) throws {
    self = try settings.wordPieceTokenizer(
      kind == .mpnet ? .mpnet : .bert, Self.vocabulary(lines: bytes, name: name), file: name)
  }

  /// White space at the end of a line is no part of the piece; of two equal lines the last holds.
  private static func vocabulary(lines bytes: [UInt8], name: String) throws -> Vocabulary {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    var vocabulary = Vocabulary(minimumCapacity: lines.count)
    for (number, line) in lines.enumerated() {
      guard let text = String(validating: line, as: UTF8.self) else {
        throw TokenizerError.malformed(
          file: name, place: "line \(number + 1)", found: "ill-formed bytes", expected: "UTF-8")
      }
      let blanks = text.unicodeScalars.reversed().prefix { $0.properties.isWhitespace }.count
      let piece = String(text.unicodeScalars.dropLast(blanks))
      vocabulary.insert(piece.utf8, id: Int32(clamping: number))
    }
    return vocabulary
  }
}
