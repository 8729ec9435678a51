// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterJSON

/// Finds out which tokenizer a folder holds.
public enum Tokenizers {
  /// Reads the tokenizer of a model's folder, of whatever kind it is.
  ///
  /// | what is there | tokenizer |
  /// | --- | --- |
  /// | `tokenizer_config.json` with the class `ByT5Tokenizer` | ``ByteTokenizer`` |
  /// | `tokenizer.json` with a Unigram model | ``UnigramTokenizer`` |
  /// | `tokenizer.json` with a WordPiece model | ``WordPieceTokenizer`` |
  /// | `spiece.model` | ``UnigramTokenizer`` |
  /// | `vocab.txt` | ``WordPieceTokenizer`` |
  ///
  /// The first that applies is taken.
  ///
  /// - Parameter folder: The folder, as Hugging Face lays it out.
  /// - Returns: The tokenizer.
  /// - Throws: A ``TokenizerError`` if nothing of this is there, or what is there is ill-formed or
  ///   asks for what is not supported.
  public static func load(contentsOf folder: URL) throws -> any Tokenizer {
    let files = TokenizerFolder(folder)
    if let settings = try files.settings(), settings.className == ByteTokenizer.className {
      return try ByteTokenizer(settings)
    }
    if let file = try files.file("tokenizer.json") {
      return try TokenizerFile(file.bytes, name: file.name).tokenizer()
    }
    if try files.file("spiece.model") != nil { return try UnigramTokenizer(contentsOf: folder) }
    return try WordPieceTokenizer(contentsOf: folder)
  }
}

extension TokenizerFile {
  /// The tokenizer of the model that the file holds.
  func tokenizer() throws -> any Tokenizer {
    switch modelType {
    case "Unigram": return try unigramTokenizer()
    case "WordPiece": return try wordPieceTokenizer()
    default: throw unsupported("model", root["model"], "WordPiece or Unigram")
    }
  }
}
