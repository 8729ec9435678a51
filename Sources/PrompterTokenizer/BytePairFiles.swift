// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// A vocabulary in the files of GPT-2: `vocab.json`, an object of pieces and ids, and `merges.txt`,
/// a merge a line.
struct BytePairFiles {
  let vocabulary: Vocabulary
  let merges: MergeList
  let vocabularyName: String
  let mergesName: String

  /// Reads the merges of a folder beside its `vocab.json`.
  init(_ folder: TokenizerFolder, _ file: (bytes: [UInt8], name: String)) throws {
    guard let list = try folder.file("merges.txt") else {
      throw TokenizerError.unsupported(
        file: folder.path, part: "vocabulary", found: "vocab.json without merges.txt",
        expected: "both")
    }
    (vocabularyName, mergesName) = (file.name, list.name)
    vocabulary = try Self.vocabulary(file.bytes, name: file.name)
    merges = try MergeList(lines: list.bytes, name: list.name)
  }

  private static func vocabulary(_ bytes: [UInt8], name: String) throws -> Vocabulary {
    if String(validating: bytes, as: UTF8.self) != nil {
      var scanner = JSONScanner(bytes, requiresStreamSafeText: true)
      scanner.skipByteOrderMark()
      if let vocabulary = Vocabulary(&scanner), (try? scanner.end()) != nil { return vocabulary }
    }
    // What is wrong is said by who reads it value by value.
    let json = try JSON(file: bytes, name: name)
    guard case .object(let members) = json else {
      throw TokenizerError.malformed(
        file: name, place: "top level", found: json.summary,
        expected: "an object of pieces and ids")
    }
    var vocabulary = Vocabulary(minimumCapacity: members.count)
    for (piece, value) in members {
      guard let number = value.integer, let id = Int32(exactly: number), id >= 0 else {
        throw TokenizerError.malformed(
          file: name, place: "id of the piece \"\(piece)\"", found: value.summary,
          expected: "a whole number from 0 to \(Int32.max)")
      }
      vocabulary.insert(piece.utf8, id: id)
    }
    return vocabulary
  }

  /// The tokenizer that a class of transformers makes of the files.
  func tokenizer(
    _ kind: (kind: TokenizerClass, isNamed: Bool)?, _ settings: TokenizerSettings
  ) throws -> BytePairTokenizer {
    guard let kind = kind?.kind, kind.modelType == "BPE" else {
      throw TokenizerError.unsupported(
        file: vocabularyName, part: "class that the folder names",
        found: settings.className ?? "left out",
        expected: "RobertaTokenizer, GPT2Tokenizer or DebertaTokenizer for a vocab.json")
    }
    return try settings.bytePairTokenizer(
      kind, vocabulary: vocabulary, merges: merges, file: vocabularyName,
      mergesFile: mergesName)
  }
}
