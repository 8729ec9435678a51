// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// The contents of `tokenizer.json`, the format of Hugging Face `tokenizers`, and what all kinds of
/// tokenizers read from it alike.
struct TokenizerFile {
  /// All that the file says, but for what is in the next two.
  let root: JSON
  let name: String
  /// The pieces of the model, if they are an object of pieces and ids.
  private(set) var pieces: Vocabulary?
  /// The merges of the model, if they are a list of pairs.
  private(set) var merges: MergeList?

  init(_ bytes: [UInt8], name: String) throws {
    self.name = name
    var tables = ModelTables()
    if let root = tables.read(bytes) {
      (self.root, pieces, merges) = (root, tables.pieces, tables.merges)
    } else {
      root = try JSON(file: bytes, name: name)
    }
    guard case .object = root else { throw wrong(root, "top level", "an object") }
  }

  /// The kind of model; old files leave it out, and only WordPiece has a longest word.
  var modelType: String? {
    let model = root["model"]
    if let type = model?["type"]?.string { return type }
    if model?["max_input_chars_per_word"] != nil { return "WordPiece" }
    return model?["unk_id"] != nil && model?["vocab"]?.array != nil ? "Unigram" : nil
  }

  // MARK: Added tokens

  func addedTokens() throws -> [AddedToken] {
    guard let value = root["added_tokens"], !value.isNull else { return [] }
    guard let tokens = value.array else { throw wrong(value, "\"added_tokens\"", "a list") }
    return try tokens.enumerated().map { index, token in
      guard let content = token["content"]?.string,
        content.utf8.count <= AddedTokenMatcher.longestToken
      else {
        throw wrong(
          token, "\"added_tokens\"",
          "tokens with a content of at most \(AddedTokenMatcher.longestToken) bytes")
      }
      let isSpecial = try flag(token, "special", or: false)
      let id = try token["id"].map { try self.id($0, "\"added_tokens\"") }
      return AddedToken(
        content: content, id: id ?? Int32(clamping: index),
        isSingleWord: try flag(token, "single_word", or: false),
        stripsLeft: try flag(token, "lstrip", or: false),
        stripsRight: try flag(token, "rstrip", or: false),
        isNormalized: try flag(token, "normalized", or: !isSpecial), isSpecial: isSpecial)
    }
  }

  /// The added tokens of the file, and those of the files beside it.
  func addedTokens(_ settings: TokenizerSettings?) throws -> [AddedToken] {
    let own = try addedTokens()
    guard let settings else { return own }
    return own + (try settings.additions(usual: [], listed: own, isKept: true).tokens)
  }

  // MARK: Template

  func template(_ settings: TokenizerSettings?) throws -> SequenceTemplate {
    try template().truncating(
      left: settings?.truncatesLeft(or: truncatesLeft) ?? truncatesLeft)
  }

  /// Whether texts that are too long lose their start.
  var truncatesLeft: Bool { root["truncation"]?["direction"]?.string == "Left" }

  private func template() throws -> SequenceTemplate { try writtenTemplate() ?? SequenceTemplate() }

  /// What the file puts around texts; `nil` if it does not say.
  func writtenTemplate() throws -> SequenceTemplate? {
    guard let value = root["post_processor"], !value.isNull else { return nil }
    return try template(value)
  }

  private func template(_ value: JSON) throws -> SequenceTemplate {
    switch value["type"]?.string {
    case "TemplateProcessing": return try listedTemplate(value)
    case "BertProcessing":
      return .bert(cls: try id(of: "cls", value), sep: try id(of: "sep", value))
    case "RobertaProcessing":
      var template = SequenceTemplate.xlmRoBERTa(
        start: try id(of: "cls", value), end: try id(of: "sep", value))
      template.trimming = try trimming(value)
      return template
    case "ByteLevel":
      var template = SequenceTemplate()
      template.trimming = try trimming(value)
      return template
    case "Sequence": return try sequence(value)
    default:
      throw unsupported(
        "post-processor", value,
        "TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel or Sequence")
    }
  }

  /// Several post-processors: one has the special tokens, others trim offsets or do nothing.
  private func sequence(_ value: JSON) throws -> SequenceTemplate {
    var result = SequenceTemplate()
    for value in try list(value, "processors") {
      let template = try template(value)
      let isPlain = template == template.plain
      guard isPlain || result == result.plain,
        template.trimming == nil || result.trimming == nil
      else {
        throw unsupported(
          "post-processor", root["post_processor"], "one template and one ByteLevel")
      }
      let trimming = result.trimming ?? template.trimming
      if !isPlain { result = template }
      result.trimming = trimming
    }
    return result
  }

  private func listedTemplate(_ value: JSON) throws -> SequenceTemplate {
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
  }

  /// The id of a token that a post-processor writes as a pair of piece and id.
  private func id(of role: String, _ value: JSON) throws -> Int32 {
    let token = value[role]?.array ?? []
    return try id(token.count == 2 ? token[1] : nil, "\"\(role)\"")
  }

  private func trimming(_ value: JSON) throws -> OffsetTrimming? {
    guard try flag(value, "trim_offsets", or: true) else { return nil }
    return OffsetTrimming(keepsPrefixSpace: try flag(value, "add_prefix_space", or: true))
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
    // A text may stand in a template more than once, but not so often that memory is out.
    guard values.count <= 1_024 else { throw wrong(value, place, "at most 1024 pieces") }
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

  func id(_ value: JSON?, _ place: @autoclosure () -> String) throws -> Int32 {
    guard let number = value?.integer, number >= 0, let id = Int32(exactly: number) else {
      throw wrong(value, place(), "a whole number from 0 to \(Int32.max)")
    }
    return id
  }

  func flag(_ owner: JSON, _ key: String, or usual: Bool) throws -> Bool {
    guard let value = owner[key], !value.isNull else { return usual }
    guard let flag = value.bool else { throw wrong(value, "\"\(key)\"", "true or false") }
    return flag
  }

  func string(_ owner: JSON, _ key: String, or usual: String) throws -> String {
    guard let value = owner[key] else { return usual }
    guard let text = value.string else { throw wrong(value, "\"\(key)\"", "a string") }
    return text
  }

  func wrong(_ value: JSON?, _ place: String, _ expected: String) -> TokenizerError {
    .malformed(file: name, place: place, found: value?.summary ?? "nothing", expected: expected)
  }

  func unsupported(_ part: String, _ value: JSON?, _ expected: String) -> TokenizerError {
    let found = value?["type"]?.string ?? value?.summary ?? "nothing"
    return .unsupported(file: name, part: part, found: found, expected: expected)
  }
}
