// SPDX-License-Identifier: Apache-2.0

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
    processor: String = "null"
  ) -> [UInt8] {
    Array(
      """
      {"added_tokens": [], "normalizer": \(normalizer), "pre_tokenizer": \(splitter),
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
