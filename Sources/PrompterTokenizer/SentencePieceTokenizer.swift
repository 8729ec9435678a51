// SPDX-License-Identifier: Apache-2.0

extension SentencePieceFile {
  /// The tokenizer that a class makes of the pieces; T5's if none is known.
  func tokenizer(
    _ kind: TokenizerClass?, _ settings: TokenizerSettings
  ) throws -> UnigramTokenizer {
    switch kind {
    case let kind? where kind.modelType == "Unigram" && kind != .t5:
      return try settings.unigramTokenizer(kind, UnigramSource(self, kind, settings))
    default: return try tokenizer(settings: settings)
    }
  }

  /// The tokenizer that T5 makes of the pieces: `</s>` after a text, and sentinels.
  func tokenizer(settings: TokenizerSettings?) throws -> UnigramTokenizer {
    let settings = settings ?? .none
    try checkClass(settings)
    var model = try model()
    let end = try endToken(settings, model)
    // The last sentinel is the piece after those of the file, the first the very last.
    let sentinels = (0..<(try settings.sentinelCount(usual: 100))).map { "<extra_id_\($0)>" }
    for sentinel in sentinels.reversed() { _ = model.append(sentinel.utf8, score: 0) }
    let special = pieces.indices.filter { [.control, .unknown].contains(pieces[$0].kind) }
    let control = (special + [Int(end)]).map { AddedToken(content: text(of: $0), isSpecial: true) }
    let usual = [("eos_token", text(of: Int(end))), ("unk_token", "<unk>"), ("pad_token", "<pad>")]
    let added = try settings.additions(usual: usual, sentinels: sentinels, control: control)
      .numbered(pieceCount: model.count, limit: settings.vocabularyLimit) { model.trie.id(of: $0) }
      .map { token in
        // The normal form has spaces in it that belong to the parts between tokens.
        var token = token
        token.isNormalized = false
        return token
      }
    var normalizer = normalizer
    normalizer.symbols = symbols()
    return UnigramTokenizer(
      model: model, preparation: .sentencePiece(normalizer),
      template: .t5(end: end).truncating(left: try settings.truncatesLeft()),
      decoder: .sentencePiece(
        dropsFirstSpace: normalizer.addsDummyPrefix,
        dropsLeadingSpaces: normalizer.removesExtraSpaces), numbered: added, end: end)
  }

  /// Refuses the classes that make something else of the pieces.
  private func checkClass(_ settings: TokenizerSettings) throws {
    // The class of MT5, which is gone from transformers 5, did what T5's does.
    let isMT5 = ["MT5Tokenizer", "MT5TokenizerFast"].contains(settings.className)
    guard let kind = try settings.tokenizerClass(), kind.isNamed, kind.kind != .t5, !isMT5 else {
      return
    }
    throw TokenizerError.unsupported(
      file: settings.file, part: "tokenizer_class", found: settings.className ?? "another",
      expected: "T5Tokenizer for a spiece.model")
  }

  /// The token that the settings name, or else the one that the model was trained with.
  private func endToken(_ settings: TokenizerSettings, _ model: UnigramModel) throws -> Int32 {
    if let name = try settings.token("eos_token")?.content {
      guard let id = model.trie.id(of: name.utf8) else {
        throw TokenizerError.unknownToken(file: self.name, token: name, role: "eos_token")
      }
      return id
    }
    guard pieces.indices.contains(endID) else {
      throw TokenizerError.unknownToken(file: name, token: "</s>", role: "end of a text")
    }
    return Int32(clamping: endID)
  }
}
