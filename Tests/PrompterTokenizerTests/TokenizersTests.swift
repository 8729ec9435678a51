// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterTokenizer

@Suite struct TokenizersTests {
  @Test func `a folder's files say which tokenizer it is`() throws {
    let wordPiece = try Fixture.bytes("tokenizer-cased.json")
    let unigram = try T5Fixture.tokenizerFile("bytes")
    let model = try T5Fixture.bytes("bytes/spiece.model")
    let words = Array("[UNK]\n[CLS]\n[SEP]\n".utf8)
    let byT5 = Array(#"{"tokenizer_class": "ByT5Tokenizer"}"#.utf8)
    let cases: [([String: [UInt8]], any Tokenizer.Type)] = [
      (["tokenizer.json": wordPiece, "spiece.model": model], WordPieceTokenizer.self),
      (["tokenizer.json": unigram, "vocab.txt": words], UnigramTokenizer.self),
      (["spiece.model": model, "vocab.txt": words], UnigramTokenizer.self),
      (["vocab.txt": words], WordPieceTokenizer.self),
      (["tokenizer_config.json": byT5], ByteTokenizer.self),
    ]
    for (files, kind) in cases {
      try Fixture.withFolder(files) { folder in
        let tokenizer = try Tokenizers.load(contentsOf: folder)
        #expect(type(of: tokenizer) == kind)
      }
    }
  }

  @Test func `a folder without a tokenizer is said to be so`() throws {
    let settings = Array(#"{"tokenizer_class": "T5Tokenizer"}"#.utf8)
    for files in [[:], ["tokenizer_config.json": settings]] {
      try Fixture.withFolder(files) { folder in
        #expect(throws: TokenizerError.missing(folder: folder.path)) {
          try Tokenizers.load(contentsOf: folder)
        }
      }
    }
  }

  @Test(arguments: [
    ("T5Tokenizer", "vocab.txt", "tokenizer.json or spiece.model"),
    ("XLMRobertaTokenizerFast", "vocab.txt", "tokenizer.json or sentencepiece.bpe.model"),
    ("RobertaTokenizer", "vocab.txt", "tokenizer.json or vocab.json"),
    ("DebertaV2Tokenizer", "spiece.model", "tokenizer.json or spm.model"),
    ("AlbertTokenizer", "spm.model", "tokenizer.json or spiece.model"),
    ("BertTokenizer", "spiece.model", "tokenizer.json or vocab.txt"),
  ])
  func `a vocabulary of another class is said to be so`(
    name: String, file: String, needed: String
  ) throws {
    let settings = Array("{\"tokenizer_class\": \"\(name)\"}".utf8)
    try Fixture.withFolder([file: [], "tokenizer_config.json": settings]) { folder in
      #expect(
        throws: TokenizerError.unsupported(
          file: folder.path, part: "vocabulary of \(name)", found: file, expected: needed)
      ) { try Tokenizers.load(contentsOf: folder) }
    }
  }

  @Test func `another model is refused by its name`() throws {
    let file = Array(#"{"model": {"type": "WordLevel", "vocab": {}}}"#.utf8)
    try Fixture.withFolder(["tokenizer.json": file]) { folder in
      let name = folder.appending(path: "tokenizer.json").path
      #expect(
        throws: TokenizerError.unsupported(
          file: name, part: "model", found: "WordLevel", expected: "WordPiece, Unigram or BPE")
      ) { try Tokenizers.load(contentsOf: folder) }
    }
  }

  @Test func `a spiece model of another family is refused by its class`() throws {
    let files = [
      "spiece.model": try T5Fixture.bytes("bytes/spiece.model"),
      "tokenizer_config.json": Array(#"{"tokenizer_class": "XLNetTokenizer"}"#.utf8),
    ]
    try Fixture.withFolder(files) { folder in
      #expect(throws: TokenizerError.self) { try Tokenizers.load(contentsOf: folder) }
    }
  }

  @Test func `WordPiece joins what was one word when it decodes`() throws {
    let tokenizer = try Fixture.tokenizer("tokenizer.json")
    let encoding = tokenizer.encode("The water's house!", pair: "of", maximumLength: 32)
    #expect(tokenizer.decode(encoding.ids) == "the water ' s house ! of")
    #expect(encoding.closingCount == 1)
    #expect(tokenizer.endTokenID == nil)
    let continuing = try #require(tokenizer.id(of: "##s"))
    #expect(tokenizer.decode([continuing, continuing, 9_999]) == "##ss")
  }
}
