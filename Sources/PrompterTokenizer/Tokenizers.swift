// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterJSON

/// Finds out which tokenizer a folder holds.
public enum Tokenizers {
  /// Reads the tokenizer of a model's folder, of whatever kind it is.
  ///
  /// | what is there | tokenizer |
  /// | --- | --- |
  /// | the class `ByT5Tokenizer` | ``ByteTokenizer`` |
  /// | `tokenizer.json` with a Unigram model | ``UnigramTokenizer`` |
  /// | `tokenizer.json` with a WordPiece model | ``WordPieceTokenizer`` |
  /// | `spiece.model` | ``UnigramTokenizer`` |
  /// | `vocab.txt` | ``WordPieceTokenizer`` |
  ///
  /// The first that applies is taken. The ids are those of Hugging Face transformers 5.23 for the
  /// same folder (but see ``UnigramTokenizer`` on `spiece.model`), where several files have a say:
  ///
  /// - The class is the one that `tokenizer_config.json` or else `config.json` names, or the one
  ///   that goes with `model_type`. A class that computes something else is refused.
  /// - The classes of BERT, T5 and XLM-RoBERTa take nothing but the vocabulary, the character map
  ///   and the added tokens from `tokenizer.json`. Case, accents and ideographs are as
  ///   `tokenizer_config.json` says, and so are the tokens around a text.
  /// - `PreTrainedTokenizerFast` takes `tokenizer.json` as it is.
  /// - Tokens are added from `added_tokens_decoder`, or where there is none from
  ///   `added_tokens.json` and `tokenizer.json`; then those with a role and the additional ones,
  ///   where `special_tokens_map.json` goes before `tokenizer_config.json` unless that has an
  ///   `added_tokens_decoder`. Their ids are those of their pieces, or the next free ones.
  ///
  /// - Parameter folder: The folder, as Hugging Face lays it out.
  /// - Returns: The tokenizer.
  /// - Throws: A ``TokenizerError`` if nothing of this is there, or what is there is ill-formed or
  ///   asks for what is not supported.
  public static func load(contentsOf folder: URL) throws -> any Tokenizer {
    let files = TokenizerFolder(folder)
    let settings = try files.settings()
    let kind = try settings.tokenizerClass()
    if kind?.kind == .byT5 { return try ByteTokenizer(settings) }
    if let file = try files.file("tokenizer.json") {
      return try TokenizerFile(file.bytes, name: file.name).tokenizer(kind, settings)
    }
    if kind?.kind != .bert || kind?.isNamed != true, let file = try files.file("spiece.model") {
      return try SentencePieceFile(file.bytes, name: file.name).tokenizer(settings: settings)
    }
    guard kind?.kind != .t5, kind?.kind != .xlmRoBERTa, let file = try files.file("vocab.txt")
    else {
      throw try files.lack(of: kind?.kind, settings)
    }
    return try WordPieceTokenizer(vocabularyFile: file.bytes, name: file.name, settings: settings)
  }
}

extension TokenizerFolder {
  /// Why no file of the folder is a tokenizer of a class: none is there, or that of another class.
  fileprivate func lack(
    of kind: TokenizerClass?, _ settings: TokenizerSettings
  ) throws -> TokenizerError {
    let words: (name: String, other: String, needed: String)? =
      switch kind {
      case .bert: ("BertTokenizer", "spiece.model", "tokenizer.json or vocab.txt")
      case .t5: ("T5Tokenizer", "vocab.txt", "tokenizer.json or spiece.model")
      // What SentencePiece numbers is not what this class does.
      case .xlmRoBERTa: ("XLMRobertaTokenizer", "vocab.txt", "tokenizer.json")
      case .byT5, .generic, nil: nil
      }
    guard let (name, other, needed) = words, try file(other) != nil else {
      return .missing(folder: path)
    }
    let named = settings.className ?? settings.configuration?["tokenizer_class"]?.string ?? name
    return .unsupported(
      file: path, part: "vocabulary of \(named)", found: other, expected: needed)
  }
}

extension TokenizerFile {
  /// The tokenizer of the model that the file holds.
  func tokenizer(
    _ kind: (kind: TokenizerClass, isNamed: Bool)?, _ settings: TokenizerSettings
  ) throws -> any Tokenizer {
    switch modelType {
    case "Unigram": return try unigram(kind, settings)
    case "WordPiece": return try wordPiece(kind, settings)
    default: throw unsupported("model", root["model"], "WordPiece or Unigram")
    }
  }
}
