// SPDX-License-Identifier: Apache-2.0

import PrompterJSON
import Testing

@testable import PrompterTokenizer

@Suite struct UnigramFileTests {
  private static let vocabulary =
    #"[["<unk>", 0], ["</s>", 0], ["▁", -2], ["a", -3], ["▁a", -1.5]]"#

  /// The smallest sound file; tests change one part of it.
  private static func file(
    model: String = #"{"type": "Unigram", "unk_id": 0, "vocab": \#(vocabulary)}"#,
    normalizer: String = "null", splitter: String = #"{"type": "Metaspace"}"#,
    decoder: String = #"{"type": "Metaspace", "add_prefix_space": true}"#,
    processor: String = "null", added: String = "[]"
  ) -> [UInt8] {
    Array(
      """
      {"added_tokens": \(added), "normalizer": \(normalizer), "pre_tokenizer": \(splitter),
       "post_processor": \(processor), "decoder": \(decoder), "model": \(model)}
      """.utf8)
  }

  private func tokenizer(_ bytes: [UInt8]) throws -> UnigramTokenizer {
    try TokenizerFile(bytes, name: "tokenizer.json").unigramTokenizer()
  }

  private func message(_ bytes: [UInt8]) -> String {
    do {
      _ = try tokenizer(bytes)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func `old files without a type and with add_prefix_space load`() throws {
    let model = #"{"unk_id": 0, "vocab": \#(Self.vocabulary)}"#
    let splitter = #"{"type": "Metaspace", "replacement": "▁", "add_prefix_space": true}"#
    let old = try tokenizer(Self.file(model: model, splitter: splitter))
    #expect(old.ids(of: "a aa xy") == [4, 4, 3, 2, 0])
    #expect(old.decode([4, 3, 4]) == "aa a")
    #expect(old.endTokenID == nil)
    let bare = try tokenizer(
      Self.file(splitter: #"{"type": "Metaspace", "add_prefix_space": false}"#))
    #expect(bare.ids(of: "a a") == [3, 4])
  }

  @Test(arguments: [
    (#"{"type": "Metaspace", "prepend_scheme": "first"}"#, [4, 4, 3]),
    (#"{"type": "Metaspace", "prepend_scheme": "never"}"#, [3, 4, 3]),
    (#"{"type": "Metaspace", "split": false}"#, [4, 4, 3]),
    (#"{"type": "WhitespaceSplit"}"#, [3, 3, 3]), ("null", [3, 0, 3, 3]),
  ])
  func `spaces are written as the pre-tokenizer says`(splitter: String, ids: [Int32]) throws {
    #expect(try tokenizer(Self.file(splitter: splitter)).ids(of: "a aa") == ids)
  }

  @Test(arguments: [
    (#"{"type": "Replace", "pattern": {"String": "bb"}, "content": "a"}"#, "bbbba", [4, 3, 3]),
    (#"{"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"}"#, "a   a", [4, 4]),
    (#"{"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": ""}"#, "a \n a", [4, 3]),
    (#"{"type": "Strip", "strip_left": true, "strip_right": false}"#, " \t a", [4]),
    (#"{"type": "Nmt"}"#, "a\u{1}a\u{200B}a", [4, 3, 4]),
    (#"{"type": "Lowercase"}"#, "AA", [4, 3]), (#"{"type": "NFKC"}"#, "ａ", [4]),
    (#"{"type": "Prepend", "prepend": "a"}"#, "a", [4, 3]),
    (#"{"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "Lowercase"}]}"#, "A", [4]),
  ])
  func `each normalizer does its work`(normalizer: String, text: String, ids: [Int32]) throws {
    #expect(try tokenizer(Self.file(normalizer: normalizer)).ids(of: text) == ids)
  }

  @Test(arguments: [
    #"{"type": "Sequence", "normalizers": [\#(doubling(7))]}"#,
    #"{"type": "Sequence", "normalizers": [\#(doubling(28))]}"#,
    #"{"type": "Replace", "pattern": {"String": "a"}, "content": "\#(letters(65))"}"#,
    #"{"type": "Replace", "pattern": {"Regex": " +"}, "content": "\#(letters(65))"}"#,
    #"{"type": "Prepend", "prepend": "\#(letters(64))"}"#,
    #"{"type": "Sequence", "normalizers": [\#(steps(101))]}"#,
    #"{"type": "Replace", "pattern": {"String": ""}, "content": "a"}"#,
  ])
  func `normalizers that could make a text a hundred times as long are refused`(
    normalizer: String
  ) {
    let message = message(Self.file(normalizer: normalizer))
    #expect(message.hasPrefix("tokenizer.json") && message.utf8.count < 300, "\(message)")
  }

  private static func doubling(_ count: Int) -> String {
    let step = #"{"type": "Replace", "pattern": {"String": "a"}, "content": "aa"}"#
    return Array(repeating: step, count: count).joined(separator: ",")
  }

  private static func steps(_ count: Int) -> String {
    Array(repeating: #"{"type": "Lowercase"}"#, count: count).joined(separator: ",")
  }

  private static func letters(_ count: Int) -> String { String(repeating: "b", count: count) }

  @Test func `what published normalizers do is within the bounds`() throws {
    let normalizer = """
      {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "NFKD"}, \(Self.doubling(2)),
       {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
       {"type": "Prepend", "prepend": "▁"}]}
      """
    #expect(try tokenizer(Self.file(normalizer: normalizer)).ids(of: "a") == [4, 3, 3, 3])
  }

  @Test func `a decoder that could make a text a hundred times as long is refused`() {
    let message = message(
      Self.file(
        decoder:
          #"{"type": "Replace", "pattern": {"String": "a"}, "content": "\#(Self.letters(65))"}"#))
    #expect(message.hasPrefix("tokenizer.json") && message.utf8.count < 300, "\(message)")
  }

  // By tokenizers 0.23.3. The map slides the places of what follows what it drops, others do not.
  @Test(arguments: [
    ("Precompiled", "\u{7F}a", [4, 3]), ("Precompiled", "\u{7F}\u{1}a", [4, 3]),
    ("Precompiled", "<x>\u{7F}a", [5, 3]), ("Precompiled", "a\u{7F}<x>\u{7F}a", [4, 3, 5, 3]),
    ("Precompiled", "\u{7F}<x>a", [5, 3]), ("Nmt", "\u{7F}a", [3]), ("Nmt", "a", [4, 3]),
    ("Strip", "  a", [3]), ("Replace", "\u{7F}a", [3]), ("Replace", "<x>a", [5, 3]),
  ])
  func `the first word keeps its sign after what a map drops`(
    normalizer: String, text: String, tokens: [Int32]
  ) throws {
    let plain = try JSON(file: T5Fixture.tokenizerFile("plain"), name: "tokenizer.json")
    func first(_ value: JSON?) -> String? {
      value?["precompiled_charsmap"]?.string
        ?? value?["normalizers"]?.array?.lazy.compactMap { first($0) }.first
    }
    let map = try #require(first(plain["normalizer"]))
    let model = """
      {"type": "Unigram", "unk_id": 0,
       "vocab": [["<unk>", 0], ["b", -9], ["c", -9], ["a", -1], ["▁", -1], ["<x>", -20]]}
      """
    let normalizer = """
      {"type": "\(normalizer)", "precompiled_charsmap": "\(map)", "pattern": {"String": "\\u007f"},
       "content": ""}
      """
    let file = Self.file(
      model: model, normalizer: normalizer,
      splitter: #"{"type": "Metaspace", "prepend_scheme": "first"}"#,
      added: #"[{"id": 5, "content": "<x>", "normalized": false}]"#)
    let tokenizer = try tokenizer(file)
    #expect(tokenizer.ids(of: text) == tokens)
  }

  @Test func `a hundred thousand combining marks in turn are normalised at once`() throws {
    let text = "a" + String(repeating: "\u{301}\u{316}", count: 50_000)
    for form in ["NFC", "NFD", "NFKC", "NFKD"] {
      let tokenizer = try tokenizer(Self.file(normalizer: #"{"type": "\#(form)"}"#))
      #expect(tokenizer.ids(of: text).last == 0)
    }
  }

  @Test func `equal pieces keep the last id, and unknown ones are spelt in bytes`() throws {
    let model = """
      {"type": "Unigram", "unk_id": 0, "byte_fallback": true,
       "vocab": [["<unk>", 0], ["<0xC3>", 0], ["<0xA9>", 0], ["a", -1], ["a", -1]]}
      """
    let tokenizer = try tokenizer(Self.file(model: model, splitter: "null"))
    #expect(tokenizer.ids(of: "aéaè") == [4, 1, 2, 4, 0])
  }

  @Test(arguments: [
    #"{"type": "Unigram", "vocab": [["a", 0]]}"#,
    #"{"type": "Unigram", "unk_id": null, "vocab": [["a", 0]]}"#,
    #"{"type": "Unigram", "unk_id": 1, "vocab": [["a", 0]]}"#,
    #"{"type": "Unigram", "unk_id": 0, "vocab": []}"#,
    #"{"type": "Unigram", "unk_id": 0, "vocab": {"a": 0}}"#,
    #"{"type": "Unigram", "unk_id": 0, "vocab": [["a"]]}"#,
    #"{"type": "Unigram", "unk_id": 0, "vocab": [["a", "b"]]}"#,
    #"{"type": "Unigram", "unk_id": 0, "vocab": [["a", 1e999]]}"#,
    #"{"type": "BPE", "vocab": {}}"#, "null",
  ])
  func `a model without sense is refused`(model: String) {
    #expect(message(Self.file(model: model)).hasPrefix("tokenizer.json"))
  }

  @Test(arguments: [
    #"{"type": "BertNormalizer"}"#, #"{"type": "Sequence"}"#,
    #"{"type": "Precompiled", "precompiled_charsmap": "?"}"#,
    #"{"type": "Precompiled", "precompiled_charsmap": "AAAA"}"#,
    #"{"type": "Replace", "pattern": {"Regex": "(a+)+$"}, "content": ""}"#,
  ])
  func `a normalizer that is not supported is refused`(normalizer: String) {
    let message = message(Self.file(normalizer: normalizer))
    #expect(message.hasPrefix("tokenizer.json"), "\(message)")
  }

  @Test(arguments: [
    #"{"type": "ByteLevel"}"#, #"{"type": "Metaspace", "replacement": "ab"}"#,
    #"{"type": "Metaspace", "prepend_scheme": "last"}"#, #"{"type": "Metaspace", "split": 1}"#,
  ])
  func `a pre-tokenizer or decoder that is not supported is refused`(value: String) {
    #expect(message(Self.file(splitter: value)).hasPrefix("tokenizer.json"))
    #expect(message(Self.file(decoder: value)).hasPrefix("tokenizer.json"))
  }

  @Test func `decoders go one after the other`() throws {
    let decoder = """
      {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"},
       "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
       {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
      """
    let model = """
      {"type": "Unigram", "unk_id": 0,
       "vocab": [["<unk>", 0], ["▁a", -1], ["<0xC3>", 0], ["<0xA9>", 0]]}
      """
    let tokenizer = try tokenizer(Self.file(model: model, decoder: decoder))
    #expect(tokenizer.decode([1, 2, 3, 1]) == "aé a")
    #expect(tokenizer.decode([2, 1, 3]) == "\u{FFFD} a\u{FFFD}")
  }
}
