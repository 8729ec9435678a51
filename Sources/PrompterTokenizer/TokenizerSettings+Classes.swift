// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// What the classes of transformers 5.23 make of a vocabulary: all but that is made anew, whatever
/// a `tokenizer.json` says.
extension TokenizerSettings {
  /// BERT's tokenizer.
  ///
  /// - Parameters:
  ///   - vocabulary: The pieces.
  ///   - file: The file they come from, for errors.
  ///   - listed: The added tokens of that file.
  ///   - isLeft: Whether that file has texts lose their start.
  /// - Returns: The tokenizer.
  /// - Throws: A ``TokenizerError`` for settings that are not understood, or a missing piece.
  func bertTokenizer(
    _ vocabulary: Vocabulary, file: String, listed: [AddedToken] = [],
    truncatesLeft isLeft: Bool = false
  ) throws -> WordPieceTokenizer {
    let usual = [
      ("unk_token", "[UNK]"), ("sep_token", "[SEP]"), ("pad_token", "[PAD]"),
      ("cls_token", "[CLS]"),
      ("mask_token", "[MASK]"),
    ]
    let unknown = try content("unk_token", or: "[UNK]")
    guard let unknownID = vocabulary.id(of: unknown.utf8) else {
      throw TokenizerError.unknownToken(file: file, token: unknown, role: "unk_token")
    }
    let added = try additions(usual: usual, listed: listed)
      .numbered(pieceCount: vocabulary.count, limit: vocabularyLimit) { vocabulary.id(of: $0) }
    func special(_ role: String, _ usual: String) throws -> Int32 {
      try id(of: content(role, or: usual), role, among: added, file)
    }
    let lowersCase = try flag("do_lower_case") ?? true
    return WordPieceTokenizer(
      model: WordPieceModel(
        vocabulary: vocabulary, unknownID: unknownID, prefix: "##", maximumScalars: 100),
      normalizer: BERTNormalizer(
        separatesIdeographs: try flag("tokenize_chinese_chars") ?? true,
        stripsAccents: try flag("strip_accents") ?? lowersCase, lowersCase: lowersCase),
      template: try .bert(cls: special("cls_token", "[CLS]"), sep: special("sep_token", "[SEP]"))
        .truncating(left: truncatesLeft(or: isLeft)),
      numbered: added)
  }

  /// T5's tokenizer from `tokenizer.json`.
  func t5Tokenizer(_ file: TokenizerFile) throws -> UnigramTokenizer {
    let sentinels = (0..<(try sentinelCount(usual: 100))).map { "<extra_id_\($0)>" }
    let usual = [("eos_token", "</s>"), ("unk_token", "<unk>"), ("pad_token", "<pad>")]
    return try unigramTokenizer(file, unknownID: 2, usual, sentinels, prefix: .always) {
      let end = try $0("eos_token", "</s>")
      return (.t5(end: end), end)
    }
  }

  /// XLM-RoBERTa's tokenizer from `tokenizer.json`.
  func xlmRoBERTaTokenizer(_ file: TokenizerFile) throws -> UnigramTokenizer {
    let usual = [
      ("bos_token", "<s>"), ("eos_token", "</s>"), ("unk_token", "<unk>"), ("sep_token", "</s>"),
      ("pad_token", "<pad>"), ("cls_token", "<s>"), ("mask_token", "<mask>"),
    ]
    let prefix = try flag("add_prefix_space") ?? true
    return try unigramTokenizer(file, unknownID: 3, usual, [], prefix: prefix ? .always : .never) {
      let end = try $0("eos_token", "</s>")
      return (.xlmRoBERTa(start: try $0("bos_token", "<s>"), end: end), end)
    }
  }

  private func unigramTokenizer(
    _ file: TokenizerFile, unknownID: Int, _ usual: [UsualToken], _ sentinels: [String],
    prefix: Splitter.Metaspace.Prefix,
    _ template: ((String, String) throws -> Int32) throws -> (SequenceTemplate, end: Int32)
  ) throws -> UnigramTokenizer {
    let model = try file.model(unknownID: unknownID, hasByteFallback: false)
    let listed = try file.addedTokens()
    let added = try additions(usual: usual, sentinels: sentinels, listed: listed)
      .numbered(pieceCount: model.count, limit: vocabularyLimit) { model.trie.id(of: $0) }
    let (template, end) = try template { role, usual in
      try id(of: content(role, or: usual), role, among: added, file.name)
    }
    let metaspace = Splitter.Metaspace(prefix: prefix)
    return UnigramTokenizer(
      model: model,
      preparation: .steps(try file.characterMap(), [.whitespace, .metaspace(metaspace)]),
      template: template.truncating(left: try truncatesLeft(or: file.truncatesLeft)),
      decoder: .steps([.metaspace(metaspace)]), numbered: added, end: end)
  }

  /// The id of an added token that must be there.
  private func id(
    of content: String, _ role: String, among added: [AddedToken], _ file: String
  ) throws -> Int32 {
    guard let id = added.last(where: { $0.content.utf8.elementsEqual(content.utf8) })?.id else {
      throw TokenizerError.unknownToken(file: file, token: content, role: role)
    }
    return id
  }
}
