// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// The parts of a file of Unigram's that a class of transformers does not make anew.
struct UnigramSource {
  let name: String
  /// The pieces and their scores; what stands for unknown characters is the class's to say.
  var model: UnigramModel
  /// The number of the unknown piece, as the file has it.
  var unknownID: Int?
  /// The map of characters to their normal forms.
  var map: [TextStep] = []
  /// The tokens that the file adds.
  var listed: [AddedToken] = []
  /// The tokens that stand in for those of `special_tokens_map.json` without a role.
  var control: [AddedToken]?
  /// What stands around texts by the file.
  var template: SequenceTemplate?
  var truncatesLeft = false

  /// The parts of a `tokenizer.json`.
  init(_ file: TokenizerFile) throws {
    name = file.name
    model = try file.model(unknownID: 0, hasByteFallback: false)
    map = try file.characterMap()
    listed = try file.addedTokens()
    template = try file.writtenTemplate()
    truncatesLeft = file.truncatesLeft
  }

  /// The parts of a model of SentencePiece, its pieces numbered as a class does it.
  ///
  /// Models of fairseq have four pieces of their own before those of the file, in place of the
  /// first three of these (or the first, in French); and the mask after them.
  init(
    _ file: SentencePieceFile, _ kind: TokenizerClass, _ settings: TokenizerSettings
  ) throws {
    name = file.name
    let own = [
      try settings.content("pad_token", or: "<pad>"),
      try settings.content("unk_token", or: "<unk>"),
    ]
    let mask = try settings.content("mask_token", or: "<mask>")
    switch kind {
    case .xlmRoBERTa:
      let start = try settings.content("bos_token", or: "<s>")
      let end = try settings.content("eos_token", or: "</s>")
      let first = [start, own[0], end, own[1]].map { ($0, 0.0) }
      model = try file.unigramModel(after: first, dropping: 3, before: [(mask, 0)])
    case .camemBERT:
      let first = ["<s>NOTUSED", own[0], "</s>NOTUSED", own[1]].map { ($0, 0.0) }
      model = try file.unigramModel(
        after: first + [("<unk>NOTUSED", -100)], dropping: 1, before: [(mask, 0)])
    default: model = try file.unigramModel(after: [], dropping: 0, before: [])
    }
    unknownID = file.pieces.firstIndex { $0.kind == .unknown }
    map = file.normalizer.map.isEmpty ? [] : [.precompiled(file.normalizer.map)]
    control = file.pieces.indices.compactMap { index in
      let kind = file.pieces[index].kind
      guard kind == .control || kind == .userDefined else { return nil }
      return AddedToken(content: file.text(of: index), isSpecial: kind == .control)
    }
  }
}

extension SentencePieceFile {
  /// The model that `tokenizers` makes of the pieces: all of them are found in texts.
  fileprivate func unigramModel(
    after first: [(String, Double)], dropping count: Int, before last: [(String, Double)]
  ) throws -> UnigramModel {
    var model = UnigramModel(
      minimumCapacity: pieces.count + first.count, arithmetic: .tokenizers)
    var worst = Double.infinity
    func append(_ piece: some Collection<UInt8>, _ score: Double) throws {
      guard model.append(piece, score: score) != nil else {
        throw wrong(pieces.count, "more than \(PieceTrie.mostNodes) different beginnings", "fewer")
      }
      worst = min(worst, score)
    }
    for (piece, score) in first { try append(Array(piece.utf8), score) }
    for index in pieces.indices {
      try check(pieces[index], index)
      if index >= count { try append(bytes(of: index), Double(pieces[index].score)) }
    }
    for (piece, score) in last { try append(Array(piece.utf8), score) }
    model.unknownScore = worst - 10
    return model
  }
}
