// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Byte-pair encoding: the tokenizer of GPT-2, RoBERTa, ModernBERT and most models since.
///
/// From `tokenizer.json`, or from `vocab.json` and `merges.txt`. Gives the tokens, words and
/// offsets that Hugging Face `tokenizers` 0.23 gives for the same file, token for token, for every
/// text. Letters, numbers and white space are those of Unicode 16.0 and normal forms those of 9.0,
/// as there. Merges are deterministic: a file that asks for dropout is refused.
///
/// Words that were split before are remembered, for as many threads as there are.
public struct BytePairTokenizer: Tokenizer {
  let model: BytePairModel
  let steps: [TextStep]
  let splitters: [Splitter]
  let template: SequenceTemplate
  let decoder: PieceDecoder
  let addedTokenSearch: AddedTokenSearch
  let addedTokens: [Int32: AddedToken]
  private let addedIDs: [[UInt8]: Int32]
  private let scratches: BytePairScratches

  /// The ids that stand for no text.
  public let specialIDs: Set<Int32>

  /// The number of different pieces, added tokens included.
  public let vocabularyCount: Int

  /// The id of `</s>`, or whatever the template puts last.
  public let endTokenID: Int32?

  /// Reads the tokenizer of a model's folder.
  ///
  /// The vocabulary is that of `tokenizer.json` if it is there, otherwise of `vocab.json` and
  /// `merges.txt`. What is done to texts, which tokens stand around them and which are found in
  /// them is told by the class that the folder names and by the files beside, as in transformers:
  /// see ``Tokenizers``.
  ///
  /// - Parameter folder: The folder, as Hugging Face lays it out.
  /// - Throws: A ``TokenizerError`` if a file is missing, ill-formed or asks for what is not
  ///   supported.
  public init(contentsOf folder: URL) throws {
    let folder = TokenizerFolder(folder)
    let settings = try folder.settings()
    let kind = try settings.tokenizerClass()
    if let file = try folder.file("tokenizer.json") {
      self = try TokenizerFile(file.bytes, name: file.name).bytePair(kind, settings)
    } else if let file = try folder.file("vocab.json") {
      self = try BytePairFiles(folder, file).tokenizer(kind, settings)
    } else {
      throw TokenizerError.missing(folder: folder.path)
    }
  }

  /// A tokenizer from its parts; added tokens have their ids.
  init(
    model: BytePairModel, steps: [TextStep], splitters: [Splitter], template: SequenceTemplate,
    decoder: PieceDecoder, numbered added: [AddedToken]
  ) {
    self.model = model
    self.steps = steps
    self.splitters = splitters
    self.template = template
    self.decoder = decoder
    scratches = BytePairScratches()
    addedTokenSearch = AddedTokenSearch(added) { text, range in
      TextStep.apply(steps, to: text, range)
    }
    addedTokens = Dictionary(added.map { ($0.id, $0) }) { $1 }
    addedIDs = Dictionary(added.map { (Array($0.content.utf8), $0.id) }) { $1 }
    specialIDs = Set(added.filter(\.isSpecial).map(\.id)).union(template.specialIDs)
    let isNew = { (token: AddedToken) in model.vocabulary.id(of: token.content.utf8) == nil }
    vocabularyCount =
      model.vocabulary.count + Set(added.filter(isNew).map { Array($0.content.utf8) }).count
    var end: Int32?
    if case .special(let ids, _)? = template.single.last { end = ids.last }
    endTokenID = end
  }

  /// The largest numbers that an encoding can have.
  public var limits: EncodingLimits {
    let own = model.vocabulary.ids.reduce(model.unknownID ?? 0, max)
    return template.limits(largestID: addedTokens.keys.reduce(own, max))
  }

  /// The id of what the vocabulary has no piece for; none where every byte has one.
  public var unknownID: Int32? { model.unknownID }

  /// The piece that an id stands for, as the vocabulary spells it: `Ġdog` for " dog".
  public func piece(of id: Int32) -> String? {
    addedTokens[id]?.content ?? model.vocabulary.piece(of: id)
  }

  /// The id of a piece, compared scalar by scalar.
  public func id(of piece: String) -> Int32? {
    addedIDs[Array(piece.utf8)] ?? model.vocabulary.id(of: piece.utf8)
  }

  /// The ids of a text without special tokens around it, however long.
  public func ids(of text: String) -> [Int32] {
    tokens(of: text).map(\.id)
  }

  /// The text whose pieces the ids stand for; special tokens are left out.
  ///
  /// Bytes that are no part of a character become U+FFFD.
  public func decode(_ ids: [Int32]) -> String {
    decoder.text(
      of: ids.filter { !specialIDs.contains($0) }.compactMap { id in
        addedTokens[id].map { Array($0.content.utf8) }
          ?? model.vocabulary.bytes(of: id).map(Array.init)
      })
  }

  /// Encodes a text, or a pair of texts, with the special tokens the model expects.
  ///
  /// - Complexity: O(n) in the length of the texts, O(n log n) in that of a word.
  public func encode(_ text: String, pair: String?, maximumLength: Int) -> Encoding {
    template.encoding(
      tokens(of: text), pair: pair.map { tokens(of: $0) }, maximumLength: maximumLength
    ) { id in
      model.vocabulary.bytes(of: id).map(OffsetTrimming.blanks) ?? (0, 0)
    }
  }
}

extension BytePairTokenizer {
  /// The tokens of a text without special tokens around it.
  func tokens(of text: String) -> [Token] {
    scratches.with { scratch in
      addedTokenSearch.tokens(of: text) {
        TextStep.apply(steps, to: $0, $1)
      } split: {
        split($0, $1, &$2, &scratch, into: &$3)
      }
    }
  }

  private func split(
    _ text: AlignedText, _ range: Range<Int>, _ word: inout Int32,
    _ scratch: inout BytePairModel.Scratch, into tokens: inout [Token]
  ) {
    var split = SplitText(text: text, parts: [range])
    for splitter in splitters { split = splitter.apply(to: split) }
    for part in split.parts {
      model.append(part, of: split.text, word: word, scratch: &scratch, to: &tokens)
      word += 1
    }
  }
}
