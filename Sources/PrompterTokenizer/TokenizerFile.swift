// SPDX-License-Identifier: Apache-2.0

/// Reads `tokenizer.json`, the format of Hugging Face `tokenizers`.
extension WordPieceTokenizer {
  /// A tokenizer from the contents of `tokenizer.json`.
  init(tokenizerFile bytes: [UInt8], name: String) throws {
    let file = TokenizerFile(root: try JSONParser.parse(bytes, file: name), name: name)
    self = try file.tokenizer()
  }
}

private struct TokenizerFile {
  let root: JSON
  let name: String

  func tokenizer() throws -> WordPieceTokenizer {
    guard case .object = root else { throw wrong(root, "top level", "an object") }
    let model = try model()
    guard root["pre_tokenizer"]?["type"]?.string == "BertPreTokenizer" else {
      throw unsupported("pre-tokenizer", root["pre_tokenizer"], "BertPreTokenizer")
    }
    return WordPieceTokenizer(
      model: model, normalizer: try normalizer(), template: try template(),
      added: try addedTokens())
  }

  // MARK: Model

  private func model() throws -> WordPieceModel {
    guard let model = root["model"] else { throw wrong(nil, "\"model\"", "a WordPiece model") }
    // Old files leave the type out; only WordPiece has a longest word.
    let type = model["type"]?.string
    guard type == "WordPiece" || (type == nil && model["max_input_chars_per_word"] != nil) else {
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
    guard let count = value.integer, count >= 0 else {
      throw wrong(value, "\"max_input_chars_per_word\"", "a whole number")
    }
    return count
  }

  private func vocabulary(_ value: JSON?) throws -> Vocabulary {
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

  // MARK: Added tokens

  private func addedTokens() throws -> [AddedToken] {
    guard let value = root["added_tokens"], !value.isNull else { return [] }
    guard let tokens = value.array else { throw wrong(value, "\"added_tokens\"", "a list") }
    return try tokens.map { token in
      guard let content = token["content"]?.string else {
        throw wrong(token, "\"added_tokens\"", "tokens with a content")
      }
      let isSpecial = try flag(token, "special", or: false)
      return AddedToken(
        content: content, isSingleWord: try flag(token, "single_word", or: false),
        stripsLeft: try flag(token, "lstrip", or: false),
        stripsRight: try flag(token, "rstrip", or: false),
        isNormalized: try flag(token, "normalized", or: !isSpecial), isSpecial: isSpecial)
    }
  }

  // MARK: Template

  private func template() throws -> SequenceTemplate {
    guard let value = root["post_processor"], !value.isNull else { return SequenceTemplate() }
    switch value["type"]?.string {
    case "TemplateProcessing":
      let special = try specialTokens(value["special_tokens"])
      let single = try pieces(value["single"], "\"single\"", special)
      let pair = try pieces(value["pair"], "\"pair\"", special)
      guard single.filter(\.isPair).isEmpty else {
        throw wrong(value["single"], "\"single\"", "no second text")
      }
      guard pair.contains(where: \.isPair), pair.contains(where: \.isText) else {
        throw wrong(value["pair"], "\"pair\"", "both texts")
      }
      return SequenceTemplate(single: single, pair: pair)
    case "BertProcessing":
      func id(_ role: String) throws -> Int32 {
        let token = value[role]?.array ?? []
        return try self.id(token.count == 2 ? token[1] : nil, "\"\(role)\"")
      }
      return .bert(cls: try id("cls"), sep: try id("sep"))
    default:
      throw unsupported("post-processor", value, "TemplateProcessing or BertProcessing")
    }
  }

  private func specialTokens(_ value: JSON?) throws -> [(key: String, ids: [Int32])] {
    guard case .object(let members) = value else {
      throw wrong(value, "\"special_tokens\"", "an object")
    }
    return try members.map { key, token in
      guard let ids = token["ids"]?.array else {
        throw wrong(token, "special token \"\(key)\"", "a list of ids")
      }
      return (key, try ids.map { try id($0, "special token \"\(key)\"") })
    }
  }

  private func pieces(
    _ value: JSON?, _ place: String, _ special: [(key: String, ids: [Int32])]
  ) throws -> [SequenceTemplate.Piece] {
    guard let values = value?.array else { throw wrong(value, place, "a list") }
    return try values.map { piece in
      if let text = piece["Sequence"] {
        let segment = try id(text["type_id"], place)
        switch text["id"]?.string {
        case "A": return .text(segment: segment)
        case "B": return .pair(segment: segment)
        default: throw wrong(text["id"], place, "the text \"A\" or \"B\"")
        }
      }
      guard let token = piece["SpecialToken"], let name = token["id"]?.string else {
        throw wrong(piece, place, "a text or a special token")
      }
      guard let ids = special.last(where: { $0.key.utf8.elementsEqual(name.utf8) })?.ids else {
        throw TokenizerError.unknownToken(file: self.name, token: name, role: "special token")
      }
      return .special(ids: ids, segment: try id(token["type_id"], place))
    }
  }

  // MARK: Values

  private func id(_ value: JSON?, _ place: @autoclosure () -> String) throws -> Int32 {
    guard let number = value?.integer, number >= 0, let id = Int32(exactly: number) else {
      throw wrong(value, place(), "a whole number from 0 to \(Int32.max)")
    }
    return id
  }

  private func flag(_ owner: JSON, _ key: String, or usual: Bool) throws -> Bool {
    guard let value = owner[key], !value.isNull else { return usual }
    guard let flag = value.bool else { throw wrong(value, "\"\(key)\"", "true or false") }
    return flag
  }

  private func string(_ owner: JSON, _ key: String, or usual: String) throws -> String {
    guard let value = owner[key] else { return usual }
    guard let text = value.string else { throw wrong(value, "\"\(key)\"", "a string") }
    return text
  }

  private func wrong(_ value: JSON?, _ place: String, _ expected: String) -> TokenizerError {
    .malformed(file: name, place: place, found: value?.summary ?? "nothing", expected: expected)
  }

  private func unsupported(_ part: String, _ value: JSON?, _ expected: String) -> TokenizerError {
    let found = value?["type"]?.string ?? value?.summary ?? "nothing"
    return .unsupported(file: name, part: part, found: found, expected: expected)
  }
}

extension SequenceTemplate.Piece {
  fileprivate var isText: Bool {
    guard case .text = self else { return false }
    return true
  }

  fileprivate var isPair: Bool {
    guard case .pair = self else { return false }
    return true
  }
}
