// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterJSON
import Testing

@testable import PrompterTokenizer

@Suite struct ByteTokenizerTests {
  @Test func `texts get the ids of ByT5, but for an end that is written out`() throws {
    let tokenizer = ByteTokenizer()
    for line in try T5Fixture.lines("byt5.jsonl") {
      let text = try #require(line.array?.first?.string)
      let ids = line.array?.last?.array?.compactMap(\.integer)
      #expect(tokenizer.ids(of: text).map(Int.init) == ids, "\(text.debugDescription)")
    }
  }

  @Test func `every text gets an end of its own`() {
    let tokenizer = ByteTokenizer()
    #expect(tokenizer.encode("é", pair: nil, maximumLength: 9).ids == [198, 172, 1])
    #expect(tokenizer.encode("a</s>", pair: "b", maximumLength: 9).ids == [100, 1, 1, 101, 1])
    #expect(
      tokenizer.encode("abcdef", pair: "xyz", maximumLength: 6).ids == [100, 101, 1, 123, 124, 1])
    #expect(tokenizer.endTokenID == 1)
    #expect(tokenizer.vocabularyCount == 384)
    #expect(tokenizer.specialIDs == Set([0, 1, 2] + Array(259..<384)))
  }

  @Test func `decoding drops special tokens and broken bytes, not U+FFFD itself`() {
    let tokenizer = ByteTokenizer()
    let ids = tokenizer.ids(of: "aé\u{FFFD}")
    #expect(
      tokenizer.decode([0] + ids + [3 + 0xE4, 3 + 0xB8, 3 + 0x41, 259, 2, 400, -7]) == "aé\u{FFFD}A"
    )
    #expect(tokenizer.decode([]) == "")
  }

  @Test func `ids and pieces are each other's inverse`() throws {
    let tokenizer = ByteTokenizer()
    for id in 0..<Int32(tokenizer.vocabularyCount) {
      let piece = try #require(tokenizer.piece(of: id))
      #expect(tokenizer.id(of: piece) == id)
    }
    #expect(tokenizer.piece(of: 384) == nil)
    #expect(tokenizer.id(of: "中") == nil)
    #expect(tokenizer.id(of: "") == nil)
  }

  @Test func `the settings number the sentinels, or count them`() throws {
    let cases: [(settings: String, count: Int)] = [
      (#"{"tokenizer_class": "ByT5Tokenizer"}"#, 384),
      (#"{"tokenizer_class": "ByT5Tokenizer", "extra_ids": 0}"#, 259),
      (
        #"{"tokenizer_class": "ByT5Tokenizer", "extra_ids": 0, "added_tokens_decoder": "#
          + #"{"260": {"content": "<b>"}, "0": {"content": "<pad>", "lstrip": true}}}"#, 260
      ),
    ]
    for (settings, count) in cases {
      try Fixture.withFolder(["tokenizer_config.json": Array(settings.utf8)]) { folder in
        let tokenizer = try ByteTokenizer(contentsOf: folder)
        #expect(tokenizer.vocabularyCount == count)
      }
    }
  }

  @Test(arguments: [
    #"{"tokenizer_class": "T5Tokenizer"}"#, "{}", "[]",
    #"{"tokenizer_class": "ByT5Tokenizer", "extra_ids": -1}"#,
    #"{"tokenizer_class": "ByT5Tokenizer", "extra_ids": 99999999999}"#,
    #"{"tokenizer_class": "ByT5Tokenizer", "added_tokens_decoder": {"x": {"content": "y"}}}"#,
    #"{"tokenizer_class": "ByT5Tokenizer", "added_tokens_decoder": {"5": {"content": ""}}}"#,
  ])
  func `settings without sense are refused`(settings: String) throws {
    try Fixture.withFolder(["tokenizer_config.json": Array(settings.utf8)]) { folder in
      #expect(throws: TokenizerError.self) { try ByteTokenizer(contentsOf: folder) }
    }
  }
}
