// SPDX-License-Identifier: Apache-2.0

import Foundation
internal import PrompterJSON

/// Reads what a `tokenizer.json` does to a text before it reaches the model, and to pieces after.
extension TokenizerFile {
  // MARK: Normalizer

  /// The most steps that a text may pass, and how many times as long they may make it together.
  ///
  /// Published files have up to ten steps, and the longest of Unicode's normal forms is of 18
  /// scalars.
  static let mostSteps = 100
  static let mostGrowth = 64

  func checkedSteps() throws -> [TextStep] {
    let steps = try textSteps(root["normalizer"])
    try check(steps.map(\.growth), "normalizer")
    return steps
  }

  func checkedSplitters() throws -> [Splitter] {
    let splitters = try splitters(root["pre_tokenizer"])
    try check(splitters.map { _ in 1 }, "pre-tokenizer")
    return splitters
  }

  func checkedDecoder() throws -> [PieceDecoder.Step] {
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
    case "StripAccents": return [.stripAccents]
    case "Prepend": return [.prepend(Array(try string(value, "prepend", or: "").unicodeScalars))]
    case let type:
      guard let form = type.flatMap(TextStep.UnicodeForm.init) else {
        throw unsupported(
          "normalizer", value,
          "Precompiled, Replace, Strip, StripAccents, Nmt, Lowercase, Prepend or NFKC")
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
    let known = TextStep.Blanks.expressions
    guard let blanks = value["pattern"]?["Regex"]?.string.flatMap({ known[$0] }) else {
      throw TokenizerError.unsupported(
        file: name, part: "pattern to replace", found: value["pattern"]?.pattern ?? "nothing",
        expected: "a text or one of \(known.keys.sorted().joined(separator: ", "))")
    }
    return .replaceBlanks(blanks, with: content)
  }

  // MARK: Pre-tokenizer

  private func splitters(_ value: JSON?) throws -> [Splitter] {
    guard let value, !value.isNull else { return [] }
    switch value["type"]?.string {
    case "Sequence": return try list(value, "pretokenizers").flatMap { try splitters($0) }
    case "WhitespaceSplit": return [.whitespace]
    case "Metaspace": return [.metaspace(try metaspace(value))]
    case "Punctuation": return [.split(.punctuation, try behavior(value, or: "Isolated"))]
    case "Digits":
      let isEach = try flag(value, "individual_digits", or: false)
      return [.split(.digits, isEach ? .isolated : .contiguous)]
    case "ByteLevel":
      let pattern: WordPattern? = try flag(value, "use_regex", or: true) ? .gpt2 : nil
      let addsSpace = try flag(value, "add_prefix_space", or: true)
      return [.byteLevel(addsPrefixSpace: addsSpace, pattern)]
    case "Split": return [.split(try delimiter(value), try behavior(value, or: nil))]
    default:
      throw unsupported(
        "pre-tokenizer", value,
        "WhitespaceSplit, Metaspace, ByteLevel, Split, Punctuation or Digits")
    }
  }

  private func behavior(_ value: JSON, or usual: String?) throws -> Splitter.Behavior {
    let name = value["behavior"]?.string ?? usual ?? ""
    guard let behavior = Splitter.Behavior(rawValue: name) else {
      throw wrong(
        value["behavior"], "\"behavior\"",
        "Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous")
    }
    return behavior
  }

  private func delimiter(_ value: JSON) throws -> Splitter.Delimiter {
    guard try !flag(value, "invert", or: false) else {
      throw TokenizerError.unsupported(
        file: name, part: "split", found: "inverted", expected: "one at its pattern")
    }
    if let text = value["pattern"]?["String"]?.string {
      guard !text.isEmpty else { throw wrong(value["pattern"], "\"pattern\"", "a text") }
      return .text(Array(text.unicodeScalars))
    }
    let spelling = value["pattern"]?["Regex"]?.string
    guard let pattern = spelling.flatMap({ WordPattern.expressions[$0] }) else {
      throw TokenizerError.unsupported(
        file: name, part: "pattern to split at", found: value["pattern"]?.pattern ?? "nothing",
        expected: "a text, or the regular expression of GPT-2, Llama 3 or Qwen 2")
    }
    return .words(pattern)
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
    case "ByteLevel": return [.byteLevel]
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
      throw unsupported(
        "decoder", value, "Metaspace, ByteLevel, Replace, ByteFallback, Fuse or Strip")
    }
  }

  func list(_ value: JSON, _ key: String) throws -> [JSON] {
    guard let values = value[key]?.array else { throw wrong(value[key], "\"\(key)\"", "a list") }
    return values
  }
}

extension JSON {
  /// A pattern in a few words.
  fileprivate var pattern: String { self["Regex"]?.summary ?? summary }
}
