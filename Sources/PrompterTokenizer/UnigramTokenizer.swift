// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// SentencePiece's Unigram model, from `tokenizer.json` or a model of SentencePiece: the tokenizer
/// of T5, XLM-RoBERTa, CamemBERT, DeBERTa v2 and v3, and ALBERT.
///
/// A `tokenizer.json` gives the tokens, words and offsets that Hugging Face `tokenizers` 0.23
/// gives, and so do the models of all classes but T5's: its `spiece.model` gives the ids of
/// SentencePiece 0.2.3 (0.2.1 decides a few near ties otherwise). The two differ: the first maps
/// characters cluster by cluster, drops all white space and adds scores in double precision; the
/// second maps the longest rule it finds and adds in single precision. Published models were
/// trained with the second; transformers reads the first if both are there, and so does this
/// package.
///
/// Special tokens are found in the text itself: "</s>" written out is the token, as in
/// transformers, while SentencePiece alone would spell it.
public struct UnigramTokenizer: Tokenizer {
  /// What is done to a text before it is split into pieces.
  enum Preparation {
    case sentencePiece(SentencePieceNormalizer)
    case steps([TextStep], [Splitter])
  }

  let model: UnigramModel
  let preparation: Preparation
  let template: SequenceTemplate
  let decoder: PieceDecoder
  let addedTokenSearch: AddedTokenSearch
  let addedTokens: [Int32: AddedToken]

  /// The ids that stand for no text.
  public let specialIDs: Set<Int32>

  /// The number of different pieces, sentinels and other added tokens included.
  public let vocabularyCount: Int

  /// The id of `</s>`, or whatever the template puts last.
  public let endTokenID: Int32?

  /// Reads the tokenizer of a model's folder.
  ///
  /// The pieces are those of `tokenizer.json` if it is there, otherwise of `spiece.model`. Which
  /// tokens stand around texts and which are found in them is told by the class that the folder
  /// names and by the files beside, as in transformers: see ``Tokenizers``. T5 has 100 sentinels
  /// `<extra_id_N>` unless `tokenizer_config.json` says otherwise, the last of them right after the
  /// pieces, the first at the end.
  ///
  /// - Parameter folder: The folder, as Hugging Face lays it out.
  /// - Throws: A ``TokenizerError`` if a file is missing, ill-formed or asks for what is not
  ///   supported.
  public init(contentsOf folder: URL) throws {
    let folder = TokenizerFolder(folder)
    let settings = try folder.settings()
    let kind = try settings.tokenizerClass()
    if let file = try folder.file("tokenizer.json") {
      self = try TokenizerFile(file.bytes, name: file.name).unigram(kind, settings)
    } else if let file = try folder.file(kind?.kind.modelName ?? "spiece.model") {
      self = try SentencePieceFile(file.bytes, name: file.name).tokenizer(kind?.kind, settings)
    } else {
      throw TokenizerError.missing(folder: folder.path)
    }
  }

  /// A tokenizer from its parts; added tokens take the ids their pieces have, or new ones.
  init(
    model: UnigramModel, preparation: Preparation, template: SequenceTemplate,
    decoder: PieceDecoder, added: [AddedToken], end: Int32?
  ) {
    self.init(
      model: model, preparation: preparation, template: template, decoder: decoder,
      numbered: AddedToken.numbered(added, pieceCount: model.count) { model.trie.id(of: $0) },
      end: end)
  }

  /// A tokenizer from its parts; added tokens have their ids.
  init(
    model: UnigramModel, preparation: Preparation, template: SequenceTemplate,
    decoder: PieceDecoder, numbered added: [AddedToken], end: Int32?
  ) {
    self.model = model
    self.preparation = preparation
    self.template = template
    self.decoder = decoder
    endTokenID = end
    addedTokenSearch = AddedTokenSearch(added, normalize: preparation.normalize)
    addedTokens = Dictionary(added.map { ($0.id, $0) }) { $1 }
    specialIDs = Set(added.filter(\.isSpecial).map(\.id)).union(template.specialIDs)
    vocabularyCount = model.count + added.count { $0.id >= model.count }
  }

  /// The largest numbers that an encoding can have.
  public var limits: EncodingLimits {
    template.limits(largestID: addedTokens.keys.reduce(Int32(clamping: model.count - 1), max))
  }

  /// The id of what the vocabulary has no piece for.
  public var unknownID: Int32? { model.unknownID }

  /// The piece that an id stands for.
  public func piece(of id: Int32) -> String? {
    addedTokens[id]?.content ?? model.piece(id).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The id of a piece, compared scalar by scalar.
  public func id(of piece: String) -> Int32? {
    model.trie.id(of: piece.utf8)
      ?? addedTokens.values.first { $0.content.utf8.elementsEqual(piece.utf8) }?.id
  }

  /// The ids of a text without special tokens around it, however long.
  public func ids(of text: String) -> [Int32] {
    tokens(of: text).map(\.id)
  }

  /// The text that ids stand for; special tokens, `<unk>` and sentinels among them, are left out.
  public func decode(_ ids: [Int32]) -> String {
    decoder.text(
      of: ids.filter { !specialIDs.contains($0) }.compactMap { id in
        addedTokens[id].map { Array($0.content.utf8) } ?? model.piece(id).map(Array.init)
      })
  }

  /// Encodes a text, or a pair of texts, with `</s>` after each.
  ///
  /// - Complexity: O(n) in the length of the texts.
  public func encode(_ text: String, pair: String?, maximumLength: Int) -> Encoding {
    template.encoding(
      tokens(of: text), pair: pair.map { tokens(of: $0) }, maximumLength: maximumLength)
  }
}

extension UnigramTokenizer {
  /// The tokens of a text without special tokens around it.
  func tokens(of text: String) -> [Token] {
    var scratch = UnigramModel.Scratch()
    return addedTokenSearch.tokens(of: text, normalize: preparation.normalize) {
      split($0, $1, &$2, &scratch, into: &$3)
    }
  }

  private func split(
    _ text: AlignedText, _ range: Range<Int>, _ word: inout Int32,
    _ scratch: inout UnigramModel.Scratch, into tokens: inout [Token]
  ) {
    switch preparation {
    case .sentencePiece(let normalizer):
      model.append(
        range, of: text, word: &word, opening: normalizer.space, scratch: &scratch, to: &tokens)
      word += 1
    case .steps(_, let splitters):
      var split = SplitText(text: text, parts: [range])
      for splitter in splitters { split = splitter.apply(to: split) }
      for part in split.parts {
        model.append(
          part, of: split.text, word: &word, opening: nil, scratch: &scratch, to: &tokens)
        word += 1
      }
    }
  }
}

extension UnigramTokenizer.Preparation {
  /// The normal form of a part of a text.
  func normalize(_ text: AlignedText, _ range: Range<Int>) -> AlignedText {
    switch self {
    case .sentencePiece(let normalizer):
      return normalizer.normalize(text, range)
    case .steps(let steps, _):
      return TextStep.apply(steps, to: text, range)
    }
  }
}
