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
  let addedTokenSearch: AddedTokenSearch
  let addedTokens: [AddedToken]

  /// The ids that stand for no text.
  public let specialIDs: Set<Int32>

  /// The number of different pieces, added tokens included.
  public let vocabularyCount: Int

  /// Reads the tokenizer of a model's folder.
  ///
  /// The vocabulary is that of `tokenizer.json` if it is there, otherwise `vocab.txt`. What is done
  /// to texts, which tokens stand around them and which are found in them is told by the class that
  /// the folder names and by the files beside, as in transformers: see ``Tokenizers``.
  ///
  /// - Parameter folder: The folder, as Hugging Face lays it out.
  /// - Throws: A ``TokenizerError`` if a file is missing, ill-formed or asks for what is not
  ///   supported.
  public init(contentsOf folder: URL) throws {
    let folder = TokenizerFolder(folder)
    let settings = try folder.settings()
    let kind = try settings.tokenizerClass()
    if let file = try folder.file("tokenizer.json") {
      self = try TokenizerFile(file.bytes, name: file.name).wordPiece(kind, settings)
    } else if let file = try folder.file("vocab.txt") {
      try self.init(
        vocabularyFile: file.bytes, name: file.name, kind: kind?.kind, settings: settings)
    } else {
      throw TokenizerError.missing(folder: folder.path)
    }
  }

  /// A tokenizer from its parts; added tokens take the ids their pieces have, or new ones.
  init(
    model: WordPieceModel, normalizer: BERTNormalizer, template: SequenceTemplate,
    added: [AddedToken]
  ) {
    self.init(
      model: model, normalizer: normalizer, template: template,
      numbered: AddedToken.numbered(added, pieceCount: model.vocabulary.count) {
        model.vocabulary.id(of: $0)
      })
  }

  /// A tokenizer from its parts; added tokens have their ids.
  init(
    model: WordPieceModel, normalizer: BERTNormalizer, template: SequenceTemplate,
    numbered: [AddedToken]
  ) {
    self.model = model
    self.normalizer = normalizer
    self.template = template
    addedTokens = numbered
    addedTokenSearch = AddedTokenSearch(addedTokens, normalize: normalizer.normalize)
    specialIDs = Set(addedTokens.filter(\.isSpecial).map(\.id)).union(template.specialIDs)
    let isNew = { (token: AddedToken) in model.vocabulary.id(of: token.content.utf8) == nil }
    vocabularyCount =
      model.vocabulary.count + Set(addedTokens.filter(isNew).map { Array($0.content.utf8) }).count
  }

  /// The largest numbers that an encoding can have.
  public var limits: EncodingLimits {
    let own = model.vocabulary.ids.reduce(model.unknownID, max)
    return template.limits(largestID: addedTokens.map(\.id).reduce(own, max))
  }

  /// The id of what the vocabulary has no piece for.
  public var unknownID: Int32? { model.unknownID }

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

  /// The words that ids stand for, a space between them; special tokens are left out.
  ///
  /// A piece that starts with `##` is joined to the one before it. Spaces before punctuation stay,
  /// as the reference has it with `cleanup` off.
  public func decode(_ ids: [Int32]) -> String {
    let prefix = model.prefix
    var bytes: [UInt8] = []
    var isFirst = true
    for id in ids where !specialIDs.contains(id) {
      guard let piece = piece(of: id) else { continue }
      let continues = !isFirst && piece.utf8.starts(with: prefix)
      if !isFirst, !continues { bytes.append(UInt8(ascii: " ")) }
      bytes.append(contentsOf: piece.utf8.dropFirst(continues ? prefix.count : 0))
      isFirst = false
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension WordPieceTokenizer {
  /// Encodes a text, or a pair of texts, with the special tokens the model expects.
  ///
  /// - Complexity: O(n) in the length of the texts.
  public func encode(_ text: String, pair: String?, maximumLength: Int) -> Encoding {
    template.encoding(
      tokens(of: text), pair: pair.map { tokens(of: $0) }, maximumLength: maximumLength
    ) { id in
      model.vocabulary.bytes(of: id).map(OffsetTrimming.blanks) ?? (0, 0)
    }
  }

  /// The tokens of a text without special tokens around it.
  func tokens(of text: String) -> [Token] {
    var scratch = WordPieceModel.Scratch()
    return addedTokenSearch.tokens(of: text, normalize: normalizer.normalize) {
      split($0, $1, &$2, &scratch, into: &$3)
    }
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
