// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// What the classes of transformers 5.24 make of pairs of bytes.
extension TokenizerSettings {
  /// The tokenizer of a class.
  ///
  /// - Parameters:
  ///   - kind: The class, one of those that read pairs of bytes.
  ///   - vocabulary: The pieces.
  ///   - merges: The merges of these.
  ///   - file: The file with the pieces, for errors.
  ///   - mergesFile: That with the merges, if it is another.
  ///   - listed: The added tokens of the file.
  ///   - written: What stands around texts by the file; `nil` if it does not say.
  ///   - isLeft: Whether the file has texts lose their start.
  /// - Returns: The tokenizer.
  /// - Throws: A ``TokenizerError`` for settings that are not understood, or a missing piece.
  func bytePairTokenizer(
    _ kind: TokenizerClass, vocabulary: Vocabulary, merges: MergeList, file: String,
    mergesFile: String? = nil, listed: [AddedToken] = [], template written: SequenceTemplate? = nil,
    truncatesLeft isLeft: Bool = false
  ) throws -> BytePairTokenizer {
    let usual = Self.bytePairTokens(kind)
    let added = try additions(usual: usual, listed: listed)
      .numbered(pieceCount: vocabulary.count, limit: vocabularyLimit) { vocabulary.id(of: $0) }
    let addsSpace = try flag("add_prefix_space") ?? false
    var template: SequenceTemplate
    if kind == .gpt2 {
      template = try written ?? gpt2Template(isWritten: mergesFile == nil, among: added, file)
    } else {
      template = try self.template(kind, usual, among: added, file)
      if kind == .roberta, try flag("trim_offsets") ?? true {
        template.trimming = OffsetTrimming(keepsPrefixSpace: addsSpace)
      }
    }
    return BytePairTokenizer(
      model: BytePairModel(
        vocabulary: vocabulary,
        merges: try MergeTable(merges, vocabulary, file: mergesFile ?? file), alphabet: .bytes),
      steps: [], splitters: [.byteLevel(addsPrefixSpace: addsSpace, .gpt2)],
      template: template.truncating(left: try truncatesLeft(or: isLeft)),
      decoder: .steps([.byteLevel]), numbered: added)
  }

  private static func bytePairTokens(_ kind: TokenizerClass) -> [UsualToken] {
    switch kind {
    case .gpt2:
      let end = "<|endoftext|>"
      return [("bos_token", end), ("eos_token", end), ("unk_token", end)]
    case .deberta:
      return [
        ("bos_token", "[CLS]"), ("eos_token", "[SEP]"), ("unk_token", "[UNK]"),
        ("sep_token", "[SEP]"), ("pad_token", "[PAD]"), ("cls_token", "[CLS]"),
        ("mask_token", "[MASK]"),
      ]
    default: return robertaTokens
    }
  }

  /// Nothing around a text, or the tokens that the settings ask for; where there is a
  /// `tokenizer.json`, transformers does not ask them.
  private func gpt2Template(
    isWritten: Bool, among added: [AddedToken], _ file: String
  ) throws -> SequenceTemplate {
    guard !isWritten else { return SequenceTemplate() }
    func special(_ role: String, _ flag: String, _ segment: Int32) throws -> [SequenceTemplate
      .Piece]
    {
      guard try self.flag(flag) ?? false else { return [] }
      let token = try content(role, or: "<|endoftext|>")
      return [.special(ids: [try id(of: token, role, among: added, file)], segment: segment)]
    }
    func around(_ text: SequenceTemplate.Piece) throws -> [SequenceTemplate.Piece] {
      try special("bos_token", "add_bos_token", text.segment) + [text]
        + special("eos_token", "add_eos_token", text.segment)
    }
    let single = try around(.text(segment: 0))
    return SequenceTemplate(single: single, pair: single + (try around(.pair(segment: 1))))
  }
}
