// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTestSupport
import Testing

@testable import PrompterTokenizer

/// Files that are broken on purpose must throw or load, and what loads must encode.
@Suite struct HostileFileTests {
  /// The smallest sound file; tests break one part of it.
  private static func file(
    model: String = ###"{"type": "WordPiece", "vocab": {"[UNK]": 0, "a": 1, "##b": 2}}"###,
    added: String = "[]", normalizer: String = #"{"type": "BertNormalizer", "lowercase": true}"#,
    splitter: String = #"{"type": "BertPreTokenizer"}"#, processor: String = "null"
  ) -> [UInt8] {
    Array(
      """
      {"added_tokens": \(added), "normalizer": \(normalizer), "pre_tokenizer": \(splitter),
       "post_processor": \(processor), "model": \(model)}
      """.utf8)
  }

  private func message(_ bytes: [UInt8]) -> String {
    do {
      _ = try WordPieceTokenizer(tokenizerFile: bytes, name: "tokenizer.json")
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func `the smallest file loads`() throws {
    let tokenizer = try WordPieceTokenizer(tokenizerFile: Self.file(), name: "tokenizer.json")
    #expect(tokenizer.ids(of: "A ab abb ba") == [1, 1, 2, 1, 2, 2, 0])
    let encoding = tokenizer.encode("a", pair: "ab", maximumLength: 8)
    #expect(encoding.segments == [0, 1, 1])
  }

  @Test(arguments: ["BPE", "Unigram", "WordLevel"])
  func `another model is refused by its name`(type: String) {
    let model = #"{"type": "\#(type)", "vocab": {"a": 0}, "merges": []}"#
    #expect(
      message(Self.file(model: model))
        == "tokenizer.json: the model is \(type), which is not supported; expected WordPiece.")
  }

  @Test func `a missing unknown token is named`() {
    let model = #"{"type": "WordPiece", "unk_token": "<u>", "vocab": {"a": 0}}"#
    #expect(
      message(Self.file(model: model))
        == "tokenizer.json: the unk_token \"<u>\" is not in the vocabulary.")
  }

  @Test(arguments: ["-1", "2147483648", "99999999999999999999", "1.5", "\"1\"", "null"])
  func `an id that is none is refused with its piece`(id: String) {
    let model = #"{"type": "WordPiece", "vocab": {"[UNK]": 0, "bad": \#(id)}}"#
    let message = message(Self.file(model: model))
    #expect(message.hasPrefix("tokenizer.json, id of the piece \"bad\": found "), "\(message)")
  }

  @Test(arguments: [
    #"{"type": "WordPiece"}"#, #"{"type": "WordPiece", "vocab": {}}"#, "null", "7",
    #"{"type": "WordPiece", "vocab": {"[UNK]": 0}, "max_input_chars_per_word": -1}"#,
    #"{"type": "WordPiece", "vocab": [["[UNK]", 0]]}"#,
  ])
  func `a model without sense is refused`(model: String) {
    #expect(message(Self.file(model: model)).hasPrefix("tokenizer.json"))
  }

  @Test(arguments: [
    #"{"type": "Sequence"}"#, #"{"type": "TemplateProcessing"}"#,
    #"{"type": "TemplateProcessing", "special_tokens": {}, "single": [], "pair": []}"#,
    #"{"type": "BertProcessing", "sep": ["[SEP]"], "cls": []}"#,
    """
    {"type": "TemplateProcessing", "special_tokens": {}, "pair": [],
     "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}]}
    """,
  ])
  func `a template without sense is refused`(processor: String) {
    #expect(message(Self.file(processor: processor)).hasPrefix("tokenizer.json"))
  }

  @Test func `equal ids load, and BertProcessing is a template`() throws {
    let model = #"{"type": "WordPiece", "vocab": {"[UNK]": 5, "a": 5, "b": 2147483647}}"#
    let processor = #"{"type": "BertProcessing", "sep": ["[SEP]", 102], "cls": ["[CLS]", 101]}"#
    let tokenizer = try WordPieceTokenizer(
      tokenizerFile: Self.file(model: model, processor: processor), name: "tokenizer.json")
    let encoding = tokenizer.encode("a", pair: "b x", maximumLength: 9)
    #expect(encoding.ids == [101, 5, 102, .max, 5, 102])
    #expect(encoding.segments == [0, 0, 0, 1, 1, 1])
  }

  @Test func `a folder without a tokenizer and a folder for a file are said so`() throws {
    try Fixture.withFolder([:]) { folder in
      #expect(throws: TokenizerError.missing(folder: folder.path)) {
        try WordPieceTokenizer(contentsOf: folder)
      }
      let file = folder.appending(path: "tokenizer.json")
      try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
      #expect(throws: TokenizerError.self) { try WordPieceTokenizer(contentsOf: folder) }
    }
  }

  @Test(arguments: ["", "\n\n\n", "a\nb", "[UNK]\n", "[UNK]\n[CLS]\n"])
  func `a vocabulary without special tokens is refused`(text: String) {
    #expect(throws: TokenizerError.self) {
      try WordPieceTokenizer(
        vocabularyFile: Array(text.utf8), name: "vocab.txt", settings: .none)
    }
  }

  @Test func `lines with ill-formed bytes are refused by their number`() {
    let bytes = Array("[UNK]\n[CLS]\n[SEP]\n".utf8) + [0x61, 0xFF, 0x0A]
    #expect(
      throws: TokenizerError.malformed(
        file: "vocab.txt", place: "line 4", found: "ill-formed bytes", expected: "UTF-8")
    ) {
      try WordPieceTokenizer(
        vocabularyFile: bytes, name: "vocab.txt", settings: .none)
    }
  }

  private let sample = "İ the [MASK] café\u{0} 中 <l> \(String(repeating: "x", count: 120))"

  @Test func `thousands of mutated tokenizer files throw or load`() throws {
    var mutations = Mutations(seed: 7)
    let added = """
      [{"id": 9, "content": "<l>", "lstrip": true, "rstrip": true, "single_word": true,
        "normalized": false, "special": true}, {"id": 1, "content": "Café", "normalized": true}]
      """
    let processor = """
      {"type": "TemplateProcessing", "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [0]}},
       "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                  {"Sequence": {"id": "A", "type_id": 0}}],
       "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}]}
      """
    let sound = Self.file(added: added, processor: processor)
    var loaded = 0
    let count = Mutations.count(3_000)
    for _ in 0..<count {
      guard
        let tokenizer = try? WordPieceTokenizer(
          tokenizerFile: mutations.damaged(sound), name: "tokenizer.json")
      else { continue }
      loaded += 1
      let encoding = tokenizer.encode(sample, pair: sample, maximumLength: 16)
      #expect(encoding.ids.count == encoding.offsets.count)
    }
    #expect(loaded > count / 30 && loaded < count - count / 30)
  }

  @Test func `mutated vocabularies and cut files throw or load`() throws {
    var mutations = Mutations(seed: 8)
    let vocabulary = Array(try Fixture.bytes("vocab.txt").prefix(4_000))
    let whole = try Fixture.bytes("tokenizer-added.json")
    for _ in 0..<Mutations.count(300) {
      let tokenizer = try? WordPieceTokenizer(
        vocabularyFile: mutations.damaged(vocabulary), name: "vocab.txt", settings: .none)
      _ = tokenizer?.encode(sample, pair: nil, maximumLength: 16)
      let length = mutations.below(whole.count)
      #expect(throws: TokenizerError.self) {
        try WordPieceTokenizer(tokenizerFile: Array(whole[..<length]), name: "tokenizer.json")
      }
    }
  }
}
