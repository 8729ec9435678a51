// SPDX-License-Identifier: Apache-2.0

import Foundation
internal import PrompterJSON

/// Reads Unigram from `tokenizer.json`.
extension TokenizerFile {
  /// The tokenizer that a class of transformers makes of the file.
  func unigram(
    _ kind: (kind: TokenizerClass, isNamed: Bool)?, _ settings: TokenizerSettings
  ) throws -> UnigramTokenizer {
    switch kind?.kind {
    case .t5: return try settings.t5Tokenizer(self)
    case .xlmRoBERTa: return try settings.xlmRoBERTaTokenizer(self)
    case .bert where kind?.isNamed == true:
      throw unsupported("model", root["model"], "WordPiece for the class that the folder names")
    default: return try unigramTokenizer(settings)
    }
  }

  /// The tokenizer that the file describes, with the tokens that the files beside it add.
  func unigramTokenizer(_ settings: TokenizerSettings? = nil) throws -> UnigramTokenizer {
    let template = try template(settings)
    var end: Int32?
    if case .special(let ids, _)? = template.single.last { end = ids.last }
    return UnigramTokenizer(
      model: try model(unknownID: unknownID()),
      preparation: .steps(try checkedSteps(), try checkedSplitters()),
      template: template, decoder: .steps(try checkedDecoder()),
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

  // MARK: Normalizer

  /// The most steps that a text may pass, and how many times as long they may make it together.
  ///
  /// Published files have up to ten steps, and the longest of Unicode's normal forms is of 18
  /// scalars.
  static let mostSteps = 100
  static let mostGrowth = 64

  private func checkedSteps() throws -> [TextStep] {
    let steps = try textSteps(root["normalizer"])
    try check(steps.map(\.growth), "normalizer")
    return steps
  }

  private func checkedSplitters() throws -> [Splitter] {
    let splitters = try splitters(root["pre_tokenizer"])
    try check(splitters.map { _ in 1 }, "pre-tokenizer")
    return splitters
  }

  private func checkedDecoder() throws -> [PieceDecoder.Step] {
    let steps = try decoderSteps(root["decoder"])
    try check(steps.map(\.growth), "decoder")
    return steps
  }

  /// Refuses steps that would make texts too long, or that are too many.
  private func check(_ growths: [Int], _ part: String) throws {
    guard growths.count <= Self.mostSteps else {
      throw TokenizerError.unsupported(
        file: name, part: part, found: "of \(growths.count) steps",
        expected: "at most \(Self.mostSteps)")
    }
    let growth = growths.reduce(1) { min($0 * min($1, 1 << 20), 1 << 30) }
    guard growth <= Self.mostGrowth else {
      throw TokenizerError.unsupported(
        file: name, part: part, found: "one that may make a text \(growth) times as long",
        expected: "at most \(Self.mostGrowth) times")
    }
  }

  /// The first character map among the normalisers.
  func characterMap() throws -> [TextStep] {
    let normalizer = root["normalizer"]
    let steps = normalizer?["normalizers"]?.array ?? normalizer.map { [$0] } ?? []
    guard let map = steps.first(where: { $0["type"]?.string == "Precompiled" }) else { return [] }
    return try textSteps(map)
  }

  private func textSteps(_ value: JSON?) throws -> [TextStep] {
    guard let value, !value.isNull else { return [] }
    switch value["type"]?.string {
    case "Sequence":
      return try list(value, "normalizers").flatMap { try textSteps($0) }
    case "Precompiled":
      let text = value["precompiled_charsmap"]?.string ?? ""
      guard let blob = Data(base64Encoded: text) else {
        throw wrong(value["precompiled_charsmap"], "\"precompiled_charsmap\"", "base 64")
      }
      return [.precompiled(try CharacterMap([UInt8](blob)[...], file: name))]
    case "Replace":
      return [try replacement(value)]
    case "Strip":
      return [
        .strip(
          left: try flag(value, "strip_left", or: true),
          right: try flag(value, "strip_right", or: true))
      ]
    case "Nmt": return [.nmt]
    case "Lowercase": return [.lowercase]
    case "Prepend": return [.prepend(Array(try string(value, "prepend", or: "").unicodeScalars))]
    case let type:
      guard let form = type.flatMap(TextStep.UnicodeForm.init) else {
        throw unsupported(
          "normalizer", value, "Precompiled, Replace, Strip, Nmt, Lowercase, Prepend or NFKC")
      }
      return [.form(form)]
    }
  }

  private func replacement(_ value: JSON) throws -> TextStep {
    let content = Array(try string(value, "content", or: "").unicodeScalars)
    if let text = value["pattern"]?["String"]?.string {
      guard !text.isEmpty else { throw wrong(value["pattern"], "\"pattern\"", "a text") }
      return .replace(Array(text.unicodeScalars), with: content)
    }
    // Of regular expressions only those that published models have.
    let runs = [" {2,}": (false, 2), " +": (false, 1), "\\s+": (true, 1), "\\s{2,}": (true, 2)]
    guard let (anySpace, minimum) = value["pattern"]?["Regex"]?.string.flatMap({ runs[$0] }) else {
      throw TokenizerError.unsupported(
        file: name, part: "pattern to replace", found: value["pattern"]?.pattern ?? "nothing",
        expected: "a text or one of \(runs.keys.sorted().joined(separator: ", "))")
    }
    return .replaceRuns(ofAnySpace: anySpace, minimum: minimum, with: content)
  }

  // MARK: Pre-tokenizer

  private func splitters(_ value: JSON?) throws -> [Splitter] {
    guard let value, !value.isNull else { return [] }
    switch value["type"]?.string {
    case "Sequence": return try list(value, "pretokenizers").flatMap { try splitters($0) }
    case "WhitespaceSplit": return [.whitespace]
    case "Metaspace": return [.metaspace(try metaspace(value))]
    default: throw unsupported("pre-tokenizer", value, "WhitespaceSplit or Metaspace")
    }
  }

  private func metaspace(_ value: JSON) throws -> Splitter.Metaspace {
    var metaspace = Splitter.Metaspace()
    let sign = Array(try string(value, "replacement", or: "\u{2581}").unicodeScalars)
    guard sign.count == 1 else { throw wrong(value["replacement"], "\"replacement\"", "a sign") }
    metaspace.sign = sign[0]
    let prefix = try string(value, "prepend_scheme", or: "always")
    guard let prefix = Splitter.Metaspace.Prefix(rawValue: prefix) else {
      throw wrong(value["prepend_scheme"], "\"prepend_scheme\"", "always, first or never")
    }
    metaspace.prefix = try flag(value, "add_prefix_space", or: true) ? prefix : .never
    metaspace.splits = try flag(value, "split", or: true)
    return metaspace
  }

  // MARK: Decoder

  private func decoderSteps(_ value: JSON?) throws -> [PieceDecoder.Step] {
    guard let value, !value.isNull else { return [] }
    switch value["type"]?.string {
    case "Sequence": return try list(value, "decoders").flatMap { try decoderSteps($0) }
    case "Metaspace": return [.metaspace(try metaspace(value))]
    case "ByteFallback": return [.byteFallback]
    case "Fuse": return [.fuse]
    case "Replace":
      guard let text = value["pattern"]?["String"]?.string, !text.isEmpty else {
        throw wrong(value["pattern"], "\"pattern\"", "a text")
      }
      let content = try string(value, "content", or: "")
      return [.replace(Array(text.unicodeScalars), with: Array(content.unicodeScalars))]
    case "Strip":
      let content = Array(try string(value, "content", or: " ").unicodeScalars)
      guard content.count == 1 else { throw wrong(value["content"], "\"content\"", "a sign") }
      let start = value["start"]?.integer ?? 0
      let stop = value["stop"]?.integer ?? 0
      return [.strip(content[0], start: max(0, start), end: max(0, stop))]
    default:
      throw unsupported("decoder", value, "Metaspace, Replace, ByteFallback, Fuse or Strip")
    }
  }

  private func list(_ value: JSON, _ key: String) throws -> [JSON] {
    guard let values = value[key]?.array else { throw wrong(value[key], "\"\(key)\"", "a list") }
    return values
  }
}

extension JSON {
  fileprivate var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// A pattern in a few words.
  fileprivate var pattern: String { self["Regex"]?.summary ?? summary }
}
