// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// Reads `vocab.txt`: one piece a line, its id the number of the line from 0.
extension WordPieceTokenizer {
  /// A tokenizer from the contents of `vocab.txt` and of `tokenizer_config.json`, if there is one.
  init(vocabularyFile bytes: [UInt8], name: String, settings: JSON?, settingsName: String) throws {
    let vocabulary = try Self.vocabulary(lines: bytes, name: name)
    let settings = TokenizerSettings(json: settings ?? .object([]), file: settingsName)
    func special(_ role: String, _ usual: String) throws -> (content: String, id: Int32) {
      let content = try settings.token(role) ?? usual
      guard let id = vocabulary.id(of: content.utf8) else {
        throw TokenizerError.unknownToken(file: name, token: content, role: role)
      }
      return (content, id)
    }
    let unknown = try special("unk_token", "[UNK]")
    let cls = try special("cls_token", "[CLS]")
    let sep = try special("sep_token", "[SEP]")
    // [PAD] and [MASK] are no part of an encoding, so a vocabulary may do without.
    let others = try [
      settings.token("pad_token") ?? "[PAD]", settings.token("mask_token") ?? "[MASK]",
    ]
    .filter { vocabulary.id(of: $0.utf8) != nil }
    let lowersCase = try settings.flag("do_lower_case") ?? true
    self.init(
      model: WordPieceModel(
        vocabulary: vocabulary, unknownID: unknown.id, prefix: "##", maximumScalars: 100),
      normalizer: BERTNormalizer(
        separatesIdeographs: try settings.flag("tokenize_chinese_chars") ?? true,
        stripsAccents: try settings.flag("strip_accents") ?? lowersCase, lowersCase: lowersCase),
      template: .bert(cls: cls.id, sep: sep.id),
      added: ([unknown.content, cls.content, sep.content] + others).map {
        AddedToken(content: $0, isSpecial: true)
      })
  }

  /// White space at the end of a line is no part of the piece; of two equal lines the last holds.
  private static func vocabulary(lines bytes: [UInt8], name: String) throws -> Vocabulary {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    var vocabulary = Vocabulary(minimumCapacity: lines.count)
    for (number, line) in lines.enumerated() {
      guard let text = String(validating: line, as: UTF8.self) else {
        throw TokenizerError.malformed(
          file: name, place: "line \(number + 1)", found: "ill-formed bytes", expected: "UTF-8")
      }
      let blanks = text.unicodeScalars.reversed().prefix { $0.properties.isWhitespace }.count
      let piece = String(text.unicodeScalars.dropLast(blanks))
      vocabulary.insert(piece.utf8, id: Int32(clamping: number))
    }
    return vocabulary
  }
}
