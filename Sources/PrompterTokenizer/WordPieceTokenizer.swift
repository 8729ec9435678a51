// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// BERT's tokenizer: WordPiece over words split at white space and punctuation.
///
/// Gives the tokens, words and offsets that Hugging Face `tokenizers` 0.23 gives for the same file,
/// token for token, for every text. General categories are those of Unicode 8.0 and decompositions
/// those of Unicode 9.0, as there.
///
/// The truncation and padding that a `tokenizer.json` may ask for are not looked at: how long an
/// encoding may be is the caller's to say, and batches are not padded.
public struct WordPieceTokenizer: Tokenizer {
  let normalizer: BERTNormalizer
  let model: WordPieceModel
  let template: SequenceTemplate
  /// Added tokens found in the original text, and those found in the normalised text.
  let originalTokens: AddedTokenMatcher
  let normalizedTokens: AddedTokenMatcher
  let addedTokens: [AddedToken]

  /// The ids that stand for no text.
  public let specialIDs: Set<Int32>

  /// The number of different pieces, added tokens included.
  public let vocabularyCount: Int

  /// Reads the tokenizer of a model's folder.
  ///
  /// `tokenizer.json` is taken if it is there; otherwise `vocab.txt`, with the settings of
  /// `tokenizer_config.json` (`do_lower_case`, `strip_accents`, `tokenize_chinese_chars` and the
  /// special tokens), or BERT's own where they are left out.
  ///
  /// - Parameter folder: The folder, as Hugging Face lays it out.
  /// - Throws: A ``TokenizerError`` if a file is missing, ill-formed or asks for what is not
  ///   supported.
  public init(contentsOf folder: URL) throws {
    let file = folder.appending(path: "tokenizer.json")
    let vocabulary = folder.appending(path: "vocab.txt")
    if FileManager.default.fileExists(atPath: file.path) {
      try self.init(tokenizerFile: Self.read(file), name: file.path)
    } else if FileManager.default.fileExists(atPath: vocabulary.path) {
      let settings = folder.appending(path: "tokenizer_config.json")
      let hasSettings = FileManager.default.fileExists(atPath: settings.path)
      try self.init(
        vocabularyFile: Self.read(vocabulary), name: vocabulary.path,
        settings: hasSettings ? JSONParser.parse(Self.read(settings), file: settings.path) : nil,
        settingsName: settings.path)
    } else {
      throw TokenizerError.missing(folder: folder.path)
    }
  }

  private static func read(_ file: URL) throws -> [UInt8] {
    do {
      return [UInt8](try Data(contentsOf: file))
    } catch {
      throw TokenizerError.unreadable(
        file: file.path, reason: (error as NSError).localizedDescription)
    }
  }

  /// A tokenizer from its parts; added tokens take the ids their pieces have, or new ones.
  init(
    model: WordPieceModel, normalizer: BERTNormalizer, template: SequenceTemplate,
    added: [AddedToken]
  ) {
    self.model = model
    self.normalizer = normalizer
    self.template = template
    addedTokens = Self.numbered(added, model.vocabulary)
    var original = AddedTokenMatcher()
    var normalized = AddedTokenMatcher()
    for token in addedTokens {
      let text = AlignedText(token.content)
      if token.isNormalized {
        normalized.insert(normalizer.normalize(text, 0..<text.count).scalars, token)
      } else {
        original.insert(text.scalars, token)
      }
    }
    originalTokens = original
    normalizedTokens = normalized
    specialIDs = Set(addedTokens.filter(\.isSpecial).map(\.id)).union(template.specialIDs)
    let isNew = { (token: AddedToken) in model.vocabulary.id(of: token.content.utf8) == nil }
    vocabularyCount =
      model.vocabulary.count + Set(addedTokens.filter(isNew).map { Array($0.content.utf8) }).count
  }

  /// Gives each token the id of its piece, or the next free number if it is none.
  ///
  /// The ids in the file are not looked at, as in `tokenizers`. A token given again replaces the
  /// one before.
  private static func numbered(_ tokens: [AddedToken], _ vocabulary: Vocabulary) -> [AddedToken] {
    var nextID = Int32(clamping: vocabulary.count)
    var known: [[UInt8]: Int32] = [:]
    var order: [Int32] = []
    var byID: [Int32: AddedToken] = [:]
    for var token in tokens where !token.content.isEmpty {
      let key = Array(token.content.utf8)
      if let id = known[key] ?? vocabulary.id(of: key) {
        token.id = id
      } else {
        token.id = nextID
        nextID &+= 1
      }
      known[key] = token.id
      if byID.updateValue(token, forKey: token.id) == nil { order.append(token.id) }
    }
    return order.compactMap { byID[$0] }
  }

  /// The piece that an id stands for.
  public func piece(of id: Int32) -> String? {
    addedTokens.first { $0.id == id }?.content ?? model.vocabulary.piece(of: id)
  }

  /// The id of a piece, compared scalar by scalar.
  public func id(of piece: String) -> Int32? {
    addedTokens.first { $0.content.utf8.elementsEqual(piece.utf8) }?.id
      ?? model.vocabulary.id(of: piece.utf8)
  }

  /// The ids of a text without special tokens around it, however long.
  public func ids(of text: String) -> [Int32] {
    tokens(of: text).map(\.id)
  }
}

extension WordPieceTokenizer {
  /// Encodes a text, or a pair of texts, with the special tokens the model expects.
  ///
  /// - Complexity: O(n) in the length of the texts.
  public func encode(_ text: String, pair: String?, maximumLength: Int) -> Encoding {
    let pieces = pair == nil ? template.single : template.pair
    let first = tokens(of: text)
    let second = pair.map { tokens(of: $0) } ?? []
    let limit = max(0, maximumLength)
    let room = max(0, limit - SequenceTemplate.specialCount(pieces))
    let kept =
      pair == nil
      ? (first: min(first.count, room), second: 0)
      : SequenceTemplate.longestFirst(
        first.count, second.count,
        room: room)
    var encoding = Encoding(capacity: min(limit, first.count + second.count + 8))
    for piece in pieces {
      switch piece {
      case .text(let segment): encoding.append(first[..<kept.first], segment: segment)
      case .pair(let segment): encoding.append(second[..<kept.second], segment: segment)
      case .special(let ids, let segment):
        for id in ids { encoding.append(special: id, segment: segment) }
      }
    }
    encoding.truncatedCount = first.count + second.count - kept.first - kept.second
    return encoding
  }

  /// The tokens of a text without special tokens around it.
  func tokens(of text: String) -> [Token] {
    let original = AlignedText(text)
    var tokens: [Token] = []
    tokens.reserveCapacity(original.count / 3 + 4)
    var scratch = WordPieceModel.Scratch()
    var word: Int32 = 0
    for part in originalTokens.parts(of: original) {
      if let id = part.id {
        Self.append(id, part.range, of: original, &word, to: &tokens)
        continue
      }
      let normal = normalizer.normalize(original, part.range)
      for part in normalizedTokens.parts(of: normal) {
        if let id = part.id {
          Self.append(id, part.range, of: normal, &word, to: &tokens)
        } else {
          split(normal, part.range, &word, &scratch, into: &tokens)
        }
      }
    }
    return tokens
  }

  private static func append(
    _ id: Int32, _ range: Range<Int>, of text: AlignedText, _ word: inout Int32,
    to tokens: inout [Token]
  ) {
    guard !range.isEmpty else { return }
    tokens.append(
      Token(
        id: id, word: word, start: text.starts[range.lowerBound],
        end: text.ends[range.upperBound - 1]))
    word += 1
  }

  /// Splits a part of a text at white space, and before and after each punctuation sign.
  private func split(
    _ text: AlignedText, _ range: Range<Int>, _ word: inout Int32,
    _ scratch: inout WordPieceModel.Scratch, into tokens: inout [Token]
  ) {
    var start = range.lowerBound
    for index in range {
      let kind = ScalarClass.of(text.scalars[index])
      guard !kind.isDisjoint(with: [.space, .punctuation]) else { continue }
      if start < index {
        model.append(start..<index, of: text, word: word, scratch: &scratch, to: &tokens)
        word += 1
      }
      if !kind.contains(.space) {
        model.append(index..<index + 1, of: text, word: word, scratch: &scratch, to: &tokens)
        word += 1
      }
      start = index + 1
    }
    if start < range.upperBound {
      model.append(start..<range.upperBound, of: text, word: word, scratch: &scratch, to: &tokens)
      word += 1
    }
  }
}
