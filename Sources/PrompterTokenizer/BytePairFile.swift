// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// Reads byte-pair encoding from `tokenizer.json`.
extension TokenizerFile {
  /// The tokenizer that a class of transformers makes of the file.
  func bytePair(
    _ kind: (kind: TokenizerClass, isNamed: Bool)?, _ settings: TokenizerSettings
  ) throws -> BytePairTokenizer {
    guard let kind = kind?.kind, let type = kind.modelType else {
      return try bytePairTokenizer(settings)
    }
    guard type == "BPE" else {
      throw unsupported("model", root["model"], "\(type) for the class that the folder names")
    }
    return try settings.bytePairTokenizer(
      kind, vocabulary: vocabulary(root["model"]?["vocab"]), merges: mergeList(), file: name,
      listed: addedTokens(), template: writtenTemplate(), truncatesLeft: truncatesLeft)
  }

  /// The tokenizer that the file describes, with the tokens that the files beside it add.
  func bytePairTokenizer(_ settings: TokenizerSettings? = nil) throws -> BytePairTokenizer {
    let splitters = try checkedSplitters()
    let places = splitters.indices.filter { splitters[$0].readsBytes }
    guard places.isEmpty || places == [splitters.count - 1] else {
      throw unsupported("pre-tokenizer", root["pre_tokenizer"], "ByteLevel only at its end")
    }
    let model = try bytePairModel(places.isEmpty ? .scalars : .bytes)
    return BytePairTokenizer(
      model: model, steps: try checkedSteps(), splitters: splitters,
      template: try template(settings), decoder: .steps(try checkedDecoder()),
      numbered: AddedToken.numbered(
        try addedTokens(settings), pieceCount: model.vocabulary.count
      ) { model.vocabulary.id(of: $0) })
  }

  // MARK: Model

  private func bytePairModel(_ alphabet: BytePairModel.Alphabet) throws -> BytePairModel {
    guard let model = root["model"], modelType == "BPE" else {
      throw unsupported("model", root["model"], "BPE")
    }
    if let dropout = model["dropout"], !dropout.isNull, dropout.double != 0 {
      throw unsupported("dropout", dropout, "null")
    }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      guard model[key]?.isNull ?? true || model[key]?.string?.isEmpty == true else {
        throw unsupported(key, model[key], "null or an empty string")
      }
    }
    let vocabulary = try vocabulary(model["vocab"])
    return BytePairModel(
      vocabulary: vocabulary,
      merges: try MergeTable(mergeList(), vocabulary, file: name), alphabet: alphabet,
      unknownID: try unknownID(model["unk_token"], vocabulary),
      fusesUnknown: try flag(model, "fuse_unk", or: false),
      ignoresMerges: try flag(model, "ignore_merges", or: false),
      fallsBackToBytes: try flag(model, "byte_fallback", or: false))
  }

  private func unknownID(_ value: JSON?, _ vocabulary: Vocabulary) throws -> Int32? {
    guard let value, !value.isNull else { return nil }
    guard let unknown = value.string else { throw wrong(value, "\"unk_token\"", "a string") }
    guard let id = vocabulary.id(of: unknown.utf8) else {
      throw TokenizerError.unknownToken(file: name, token: unknown, role: "unk_token")
    }
    return id
  }

  /// The merges of the model.
  func mergeList() throws -> MergeList {
    if let merges { return merges }
    let value = root["model"]?["merges"]
    let expected = "a list of pairs of pieces"
    guard let values = value?.array else { throw wrong(value, "\"merges\"", expected) }
    let bad = values.firstIndex { value in
      let parts = value.string?.split(separator: " ", omittingEmptySubsequences: false)
      return parts?.count != 2 && value.array?.compactMap(\.string).count != 2
    }
    guard let bad else { throw wrong(value, "\"merges\"", expected) }
    throw wrong(
      values[bad], "merge \(bad + 1)", "two pieces, or both in a string with a space between them")
  }
}

extension Splitter {
  /// Whether what comes next reads bytes.
  var readsBytes: Bool {
    guard case .byteLevel = self else { return false }
    return true
  }
}
