// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// Reads Unigram from `tokenizer.json`.
extension TokenizerFile {
  /// The tokenizer that a class of transformers makes of the file.
  func unigram(
    _ kind: (kind: TokenizerClass, isNamed: Bool)?, _ settings: TokenizerSettings
  ) throws -> UnigramTokenizer {
    guard let kind, kind.kind.modelType != nil else { return try unigramTokenizer(settings) }
    guard kind.kind.modelType == "Unigram" else {
      // Some models of BERT's family have pieces of another kind, and say so in this file alone.
      guard kind.isNamed || kind.kind != .bert else { return try unigramTokenizer(settings) }
      throw unsupported(
        "model", root["model"],
        "\(kind.kind.modelType ?? "another") for the class that the folder names")
    }
    return try settings.unigramTokenizer(kind.kind, UnigramSource(self))
  }

  /// The tokenizer that the file describes, with the tokens that the files beside it add.
  func unigramTokenizer(_ settings: TokenizerSettings? = nil) throws -> UnigramTokenizer {
    let template = try template(settings)
    let decoder = try checkedDecoder()
    guard try !checkedSplitters().contains(where: \.readsBytes), !decoder.contains(.byteLevel)
    else {
      throw TokenizerError.unsupported(
        file: name, part: "pre-tokenizer or decoder", found: "ByteLevel",
        expected: "one that a Unigram model can read")
    }
    var end: Int32?
    if case .special(let ids, _)? = template.single.last { end = ids.last }
    return UnigramTokenizer(
      model: try model(unknownID: unknownID()),
      preparation: .steps(try checkedSteps(), try checkedSplitters()),
      template: template, decoder: .steps(decoder),
      added: try addedTokens(settings), end: end)
  }

  // MARK: Model

  /// The piece that the file has for what no piece covers.
  private func unknownID() throws -> Int {
    guard let id = root["model"]?["unk_id"]?.integer else {
      throw wrong(root["model"]?["unk_id"], "\"unk_id\"", "the number of a piece")
    }
    return id
  }

  /// The pieces and their scores.
  func model(unknownID unknown: Int, hasByteFallback: Bool? = nil) throws -> UnigramModel {
    guard let value = root["model"] else { throw wrong(nil, "\"model\"", "a Unigram model") }
    guard modelType == "Unigram" else { throw unsupported("model", value, "Unigram") }
    guard let pieces = value["vocab"]?.array else {
      throw wrong(value["vocab"], "\"vocab\"", "a list of pieces and scores")
    }
    var model = UnigramModel(minimumCapacity: pieces.count, arithmetic: .tokenizers)
    var worst = Double.infinity
    for (index, entry) in pieces.enumerated() {
      let (piece, score) = try self.piece(entry, index)
      guard piece.utf8.count <= UnigramModel.longestPiece else {
        throw wrong(
          .integer(piece.utf8.count), "bytes of piece \(index)",
          "at most \(UnigramModel.longestPiece)")
      }
      guard model.append(piece.utf8, score: score) != nil else {
        throw wrong(value["vocab"], "\"vocab\"", "fewer bytes than \(PieceTrie.mostNodes)")
      }
      worst = min(worst, score)
    }
    guard pieces.indices.contains(unknown) else {
      throw wrong(.integer(unknown), "\"unk_id\"", "the number of one of \(pieces.count) pieces")
    }
    model.unknownID = Int32(clamping: unknown)
    model.unknownScore = worst - 10
    if try hasByteFallback ?? flag(value, "byte_fallback", or: false) {
      model.byteIDs = (0...255).map { model.byteID(UInt8($0)) }
    }
    return model
  }

  private func piece(_ entry: JSON, _ index: Int) throws -> (piece: String, score: Double) {
    guard let pair = entry.array, pair.count == 2, let piece = pair[0].string,
      let score = pair[1].double, score.isFinite
    else { throw wrong(entry, "piece \(index)", "a text and a score") }
    return (piece, score)
  }
}

extension JSON {
  /// The number, whole or not.
  var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}
