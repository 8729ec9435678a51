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
  /// | `tokenizer.json` with a BPE model | ``BytePairTokenizer`` |
  /// | `spiece.model`, `spm.model`, `sentencepiece.bpe.model` | ``UnigramTokenizer`` |
  /// | `vocab.json` and `merges.txt` | ``BytePairTokenizer`` |
  /// | `vocab.txt` | ``WordPieceTokenizer`` |
  ///
  /// The first that applies is taken. The ids are those of Hugging Face transformers 5.24 for the
  /// same folder (but see ``UnigramTokenizer`` on `spiece.model`), where several files have a say:
  ///
  /// - The class is the one that `tokenizer_config.json` or else `config.json` names, or the one
  ///   that goes with `model_type`. A class that computes something else is refused.
  /// - `PreTrainedTokenizerFast` takes `tokenizer.json` as it is. So do ModernBERT's models,
  ///   whatever class they name.
  /// - All others take nothing but the pieces, the merges, the character map and the added tokens
  ///   from `tokenizer.json`, and have their own of what is done to texts and put around them:
  ///
  ///   | class | files besides `tokenizer.json` | what `tokenizer_config.json` decides |
  ///   | --- | --- | --- |
  ///   | `BertTokenizer`, and those of DistilBERT, ELECTRA and others | `vocab.txt` | `do_lower_case`, `strip_accents`, `tokenize_chinese_chars` |
  ///   | `MPNetTokenizer` | `vocab.txt` | the same |
  ///   | `RobertaTokenizer` | `vocab.json`, `merges.txt` | `add_prefix_space`, `trim_offsets` |
  ///   | `GPT2Tokenizer`, `DebertaTokenizer` | `vocab.json`, `merges.txt` | `add_prefix_space` |
  ///   | `XLMRobertaTokenizer`, `CamembertTokenizer` | `sentencepiece.bpe.model` | `add_prefix_space` |
  ///   | `DebertaV2Tokenizer` | `spm.model` | `do_lower_case`, `split_by_punct`, `add_prefix_space` |
  ///   | `AlbertTokenizer` | `spiece.model` | `do_lower_case`, `keep_accents`, `add_prefix_space` |
  ///   | `T5Tokenizer` | `spiece.model` | `extra_ids` |
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
    for name in kind.map({ $0.kind.files(isNamed: $0.isNamed) }) ?? TokenizerClass.usualFiles {
      guard let file = try files.file(name) else { continue }
      switch name {
      case "vocab.json": return try BytePairFiles(files, file).tokenizer(kind, settings)
      case "vocab.txt":
        return try WordPieceTokenizer(
          vocabularyFile: file.bytes, name: file.name, kind: kind?.kind, settings: settings)
      default:
        return try SentencePieceFile(file.bytes, name: file.name).tokenizer(kind?.kind, settings)
      }
    }
    throw try files.lack(of: kind?.kind, settings)
  }
}

extension TokenizerFolder {
  /// Why no file of the folder is a tokenizer of a class: none is there, or that of another class.
  fileprivate func lack(
    of kind: TokenizerClass?, _ settings: TokenizerSettings
  ) throws -> TokenizerError {
    guard let kind, kind.modelType != nil, let own = kind.files(isNamed: true).first else {
      return .missing(folder: path)
    }
    let others = [
      "vocab.txt", "spiece.model", "sentencepiece.bpe.model", "spm.model", "vocab.json",
    ]
    guard let other = try others.first(where: { try file($0) != nil }) else {
      return .missing(folder: path)
    }
    let named = settings.className ?? settings.configuration?["tokenizer_class"]?.string
    return .unsupported(
      file: path, part: "vocabulary of \(named ?? kind.name)", found: other,
      expected: "tokenizer.json or \(own)")
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
    case "BPE": return try bytePair(kind, settings)
    default: throw unsupported("model", root["model"], "WordPiece, Unigram or BPE")
    }
  }
}
