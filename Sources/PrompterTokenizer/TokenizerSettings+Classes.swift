// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// What the classes of transformers 5.24 make of a vocabulary of words' parts: all but that is made
/// anew, whatever a `tokenizer.json` says.
extension TokenizerSettings {
  /// The tokenizer of BERT or MPNet.
  ///
  /// - Parameters:
  ///   - kind: Which of the two.
  ///   - vocabulary: The pieces.
  ///   - file: The file they come from, for errors.
  ///   - listed: The added tokens of that file.
  ///   - isLeft: Whether that file has texts lose their start.
  /// - Returns: The tokenizer.
  /// - Throws: A ``TokenizerError`` for settings that are not understood, or a missing piece.
  func wordPieceTokenizer(
    _ kind: TokenizerClass, _ vocabulary: Vocabulary, file: String, listed: [AddedToken] = [],
    truncatesLeft isLeft: Bool = false
  ) throws -> WordPieceTokenizer {
    let usual = kind == .mpnet ? Self.mpnetTokens : Self.bertTokens
    let unknown = try content("unk_token", or: "[UNK]")
    guard let unknownID = vocabulary.id(of: unknown.utf8) else {
      throw TokenizerError.unknownToken(file: file, token: unknown, role: "unk_token")
    }
    let added = try additions(usual: usual, listed: listed, stripsMask: kind == .mpnet)
      .numbered(pieceCount: vocabulary.count, limit: vocabularyLimit) { vocabulary.id(of: $0) }
    let lowersCase = try flag("do_lower_case") ?? true
    var template = try template(kind, usual, among: added, file)
    if kind == .mpnet { template.trimming = OffsetTrimming(keepsPrefixSpace: false) }
    return WordPieceTokenizer(
      model: WordPieceModel(
        vocabulary: vocabulary, unknownID: unknownID, prefix: "##", maximumScalars: 100),
      normalizer: BERTNormalizer(
        separatesIdeographs: try flag("tokenize_chinese_chars") ?? true,
        stripsAccents: try flag("strip_accents") ?? lowersCase, lowersCase: lowersCase),
      template: template.truncating(left: try truncatesLeft(or: isLeft)),
      numbered: added)
  }

  /// The tokens with a role, in the order in which they are added, where no file says otherwise.
  private static let bertTokens: [UsualToken] = [
    ("unk_token", "[UNK]"), ("sep_token", "[SEP]"), ("pad_token", "[PAD]"), ("cls_token", "[CLS]"),
    ("mask_token", "[MASK]"),
  ]
  static let robertaTokens: [UsualToken] = [
    ("bos_token", "<s>"), ("eos_token", "</s>"), ("unk_token", "<unk>"), ("sep_token", "</s>"),
    ("pad_token", "<pad>"), ("cls_token", "<s>"), ("mask_token", "<mask>"),
  ]
  private static let mpnetTokens: [UsualToken] = robertaTokens.map {
    $0.role == "unk_token" ? ($0.role, "[UNK]") : $0
  }

  /// The tokens that a class puts around texts.
  func template(
    _ kind: TokenizerClass, _ usual: [UsualToken], among added: [AddedToken], _ file: String
  ) throws -> SequenceTemplate {
    func special(_ role: String) throws -> Int32 {
      let usual = usual.first { $0.role == role }?.content ?? ""
      return try id(of: content(role, or: usual), role, among: added, file)
    }
    switch kind {
    case .t5: return .t5(end: try special("eos_token"))
    case .xlmRoBERTa, .camemBERT:
      return .xlmRoBERTa(start: try special("bos_token"), end: try special("eos_token"))
    case .mpnet, .roberta, .deberta:
      return .xlmRoBERTa(start: try special("cls_token"), end: try special("sep_token"))
    default: return .bert(cls: try special("cls_token"), sep: try special("sep_token"))
    }
  }

  /// The id of an added token that must be there.
  func id(
    of content: String, _ role: String, among added: [AddedToken], _ file: String
  ) throws -> Int32 {
    guard let id = added.last(where: { $0.content.utf8.elementsEqual(content.utf8) })?.id else {
      throw TokenizerError.unknownToken(file: file, token: content, role: role)
    }
    return id
  }
}
