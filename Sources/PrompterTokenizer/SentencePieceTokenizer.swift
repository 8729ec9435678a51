// SPDX-License-Identifier: Apache-2.0

extension SentencePieceFile {
  /// The tokenizer that T5 makes of the pieces: `</s>` after a text, and sentinels.
  func tokenizer(settings: TokenizerSettings?) throws -> UnigramTokenizer {
    let classes = ["T5Tokenizer", "T5TokenizerFast", "MT5Tokenizer", "MT5TokenizerFast"]
    if let settings, let found = settings.className, !classes.contains(found) {
      throw TokenizerError.unsupported(
        file: settings.file, part: "tokenizer_class", found: found,
        expected: "T5Tokenizer for a spiece.model")
    }
    let model = try model()
    let end = try endToken(settings, model)
    let special = pieces.indices.filter { [.control, .unknown].contains(pieces[$0].kind) }
    var added = special.map { AddedToken(content: text(of: $0), isSpecial: true) }
    if special.allSatisfy({ $0 != Int(end) }) {
      added.append(AddedToken(content: text(of: Int(end)), isSpecial: true))
    }
    let sentinels = try settings?.sentinelCount(usual: 100) ?? 100
    added += (0..<sentinels).reversed().map {
      AddedToken(content: "<extra_id_\($0)>", isSpecial: true)
    }
    // Tokens that a user added by hand follow the sentinels.
    added +=
      try settings?.numberedTokens()?.filter { token in
        !added.contains { $0.content.utf8.elementsEqual(token.content.utf8) }
      } ?? []
    var normalizer = normalizer
    normalizer.symbols = symbols()
    return UnigramTokenizer(
      model: model, preparation: .sentencePiece(normalizer), template: .t5(end: end),
      decoder: .sentencePiece(
        dropsFirstSpace: normalizer.addsDummyPrefix,
        dropsLeadingSpaces: normalizer.removesExtraSpaces), added: added, end: end)
  }

  /// The token that the settings name, or else the one that the model was trained with.
  private func endToken(_ settings: TokenizerSettings?, _ model: UnigramModel) throws -> Int32 {
    if let name = try settings?.token("eos_token") {
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
