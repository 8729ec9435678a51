// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// Reads WordPiece from `tokenizer.json`.
extension WordPieceTokenizer {
  /// A tokenizer from the contents of `tokenizer.json`.
  init(tokenizerFile bytes: [UInt8], name: String) throws {
    self = try TokenizerFile(bytes, name: name).wordPieceTokenizer()
  }
}

extension TokenizerFile {
  /// The tokenizer that a class of transformers makes of the file.
  func wordPiece(
    _ kind: (kind: TokenizerClass, isNamed: Bool)?, _ settings: TokenizerSettings
  ) throws -> WordPieceTokenizer {
    guard modelType == "WordPiece" else {
      throw unsupported("model", root["model"], "WordPiece")
    }
    switch kind?.kind {
    case .bert?, .mpnet?: break
    case .t5? where kind?.isNamed == false, .byT5?, .generic?, nil:
      return try wordPieceTokenizer(settings)
    case let kind?:
      throw unsupported(
        "model", root["model"],
        "\(kind.modelType ?? "another") for the class that the folder names")
    }
    return try settings.wordPieceTokenizer(
      kind?.kind ?? .bert, vocabulary(root["model"]?["vocab"]), file: name, listed: addedTokens(),
      truncatesLeft: truncatesLeft)
  }

  /// The tokenizer that the file describes, with the tokens that the files beside it add.
  func wordPieceTokenizer(_ settings: TokenizerSettings? = nil) throws -> WordPieceTokenizer {
    let model = try model()
    guard root["pre_tokenizer"]?["type"]?.string == "BertPreTokenizer" else {
      throw unsupported("pre-tokenizer", root["pre_tokenizer"], "BertPreTokenizer")
    }
    return WordPieceTokenizer(
      model: model, normalizer: try normalizer(), template: try template(settings),
      added: try addedTokens(settings))
  }

  // MARK: Model

  private func model() throws -> WordPieceModel {
    guard let model = root["model"] else { throw wrong(nil, "\"model\"", "a WordPiece model") }
    guard modelType == "WordPiece" else {
      throw unsupported("model", model, "WordPiece")
    }
    let vocabulary = try vocabulary(model["vocab"])
    let unknown = try string(model, "unk_token", or: "[UNK]")
    guard let unknownID = vocabulary.id(of: unknown.utf8) else {
      throw TokenizerError.unknownToken(file: name, token: unknown, role: "unk_token")
    }
    return WordPieceModel(
      vocabulary: vocabulary, unknownID: unknownID,
      prefix: try string(model, "continuing_subword_prefix", or: "##"),
      maximumScalars: try longestWord(model["max_input_chars_per_word"]))
  }

  private func longestWord(_ value: JSON?) throws -> Int {
    guard let value else { return 100 }
    // The time for a word grows with its square; published files have 100.
    guard let count = value.integer, 0...1_000 ~= count else {
      throw wrong(value, "\"max_input_chars_per_word\"", "a whole number from 0 to 1000")
    }
    return count
  }

  func vocabulary(_ value: JSON?) throws -> Vocabulary {
    if let pieces { return pieces }
    guard case .object(let members) = value else {
      throw wrong(value, "\"vocab\"", "an object of pieces and ids")
    }
    var vocabulary = Vocabulary(minimumCapacity: members.count)
    for (piece, id) in members {
      vocabulary.insert(piece.utf8, id: try self.id(id, "id of the piece \"\(piece)\""))
    }
    return vocabulary
  }

  // MARK: Normalizer

  private func normalizer() throws -> BERTNormalizer {
    guard let value = root["normalizer"], !value.isNull else { return .identity }
    guard value["type"]?.string == "BertNormalizer" else {
      throw unsupported("normalizer", value, "BertNormalizer")
    }
    let lowersCase = try flag(value, "lowercase", or: true)
    return BERTNormalizer(
      cleansText: try flag(value, "clean_text", or: true),
      separatesIdeographs: try flag(value, "handle_chinese_chars", or: true),
      stripsAccents: try flag(value, "strip_accents", or: lowersCase), lowersCase: lowersCase)
  }
}
