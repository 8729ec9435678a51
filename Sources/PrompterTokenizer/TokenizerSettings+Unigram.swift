// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// What the classes of transformers 5.24 make of the pieces of a Unigram model.
extension TokenizerSettings {
  /// The tokenizer of a class.
  ///
  /// - Parameters:
  ///   - kind: The class, one of those that read Unigram.
  ///   - source: What a file says.
  /// - Returns: The tokenizer.
  /// - Throws: A ``TokenizerError`` for settings that are not understood, or a missing piece.
  func unigramTokenizer(_ kind: TokenizerClass, _ source: UnigramSource) throws -> UnigramTokenizer
  {
    let usual = Self.unigramTokens(kind)
    var model = source.model
    model.unknownID = try unknownID(kind, source)
    let added = try additions(
      usual: usual, sentinels: source.control == nil ? ownTokens(kind) : [], listed: source.listed,
      control: source.control, stripsMask: kind == .camemBERT
    ).numbered(pieceCount: model.count, limit: vocabularyLimit) { model.trie.id(of: $0) }
    let metaspace = Splitter.Metaspace(prefix: try prefix(kind))
    // ALBERT's alone gives way to what the file has.
    let written = kind == .albert ? source.template : nil
    let template = try written ?? template(kind, usual, among: added, source.name)
    var end: Int32?
    if case .special(let ids, _)? = template.single.last { end = ids.last }
    return UnigramTokenizer(
      model: model,
      preparation: .steps(
        try steps(kind, source.map), try splitters(kind) + [.metaspace(metaspace)]),
      template: template.truncating(left: try truncatesLeft(or: source.truncatesLeft)),
      decoder: .steps([.metaspace(metaspace)]), numbered: added, end: end)
  }

  private static func unigramTokens(_ kind: TokenizerClass) -> [UsualToken] {
    switch kind {
    case .t5: return [("eos_token", "</s>"), ("unk_token", "<unk>"), ("pad_token", "<pad>")]
    case .debertaV2, .albert:
      let isALBERT = kind == .albert
      return [
        ("bos_token", "[CLS]"), ("eos_token", "[SEP]"), ("unk_token", isALBERT ? "<unk>" : "[UNK]"),
        ("sep_token", "[SEP]"), ("pad_token", isALBERT ? "<pad>" : "[PAD]"), ("cls_token", "[CLS]"),
        ("mask_token", "[MASK]"),
      ]
    default: return robertaTokens
    }
  }

  /// The tokens without a role that a class adds where no file lists any.
  private func ownTokens(_ kind: TokenizerClass) throws -> [String] {
    switch kind {
    case .t5: (0..<(try sentinelCount(usual: 100))).map { "<extra_id_\($0)>" }
    case .camemBERT: ["<s>NOTUSED", "</s>NOTUSED", "<unk>NOTUSED"]
    default: []
    }
  }

  private func unknownID(_ kind: TokenizerClass, _ source: UnigramSource) throws -> Int32 {
    let id: Int
    switch kind {
    case .t5: id = 2
    case .xlmRoBERTa: id = 3
    case .albert: id = 1
    default:
      let unknown = try content("unk_token", or: kind == .camemBERT ? "<unk>" : "[UNK]")
      let found = source.model.trie.id(of: unknown.utf8).map(Int.init)
      id = found ?? (kind == .camemBERT ? 0 : json["unk_id"]?.integer ?? source.unknownID ?? 1)
    }
    guard 0..<source.model.count ~= id else {
      throw TokenizerError.malformed(
        file: source.name, place: "pieces", found: "\(source.model.count)",
        expected: "more than \(id), for that is the unknown piece")
    }
    return Int32(clamping: id)
  }

  private func prefix(_ kind: TokenizerClass) throws -> Splitter.Metaspace.Prefix {
    let isAdded = kind == .t5 ? true : try flag("add_prefix_space") ?? true
    return isAdded ? .always : kind == .debertaV2 ? .first : .never
  }

  private func steps(_ kind: TokenizerClass, _ map: [TextStep]) throws -> [TextStep] {
    switch kind {
    case .debertaV2:
      let lowersCase = try flag("do_lower_case") ?? false
      return (lowersCase ? [.lowercase] : []) + [
        .replaceBlanks(TextStep.Blanks(minimum: 2, includesBreaks: true), with: [" "]),
        .form(.nfc), .strip(left: false, right: true),
      ]
    case .albert:
      let quotes = ["``", "''"].map { TextStep.replace(Array($0.unicodeScalars), with: ["\""]) }
      let accents: [TextStep] =
        try flag("keep_accents") ?? false ? [] : [.form(.nfkd), .stripAccents]
      return quotes + accents + (try flag("do_lower_case") ?? true ? [.lowercase] : []) + map
    default: return map
    }
  }

  private func splitters(_ kind: TokenizerClass) throws -> [Splitter] {
    guard kind == .debertaV2 else { return [.whitespace] }
    return try flag("split_by_punct") ?? false ? [.split(.punctuation, .isolated)] : []
  }
}
