// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterJSON
import Testing

@testable import PrompterTokenizer

@Suite struct WordPieceTokenizerTests {
  /// FNV-1a over word + 1 (0 for special tokens), start and end of each token, as in the script.
  private func checksum(_ encoding: Encoding) -> Int {
    var value: UInt32 = 2_166_136_261
    for (word, range) in zip(encoding.words, encoding.offsets) {
      for part in [word.map { $0 + 1 } ?? 0, range.lowerBound, range.upperBound] {
        value = (value ^ UInt32(truncatingIfNeeded: part)) &* 16_777_619
      }
    }
    return Int(value)
  }

  @Test func `ten thousand lines of all scripts get the same ids, words and offsets`() throws {
    let tokenizer = try Fixture.tokenizer("tokenizer.json")
    let lines = try Fixture.lines("lines.jsonl")
    #expect(lines.count >= 10_000)
    var failures: [String] = []
    for line in lines {
      let parts = try #require(line.array)
      let text = try #require(parts[0].string)
      let encoding = tokenizer.encode(text, pair: nil, maximumLength: .max)
      let ids = encoding.ids.map(String.init).joined(separator: " ")
      if ids != parts[1].string || checksum(encoding) != parts[2].integer {
        failures.append("\(text.debugDescription): \(ids), expected \(parts[1].string ?? "")")
      }
    }
    #expect(failures.isEmpty, "\(failures.count) differ: \(failures.prefix(5))")
  }

  @Test func `other settings, pairs and truncation agree in every field`() throws {
    var tokenizers: [String: WordPieceTokenizer] = [:]
    for line in try Fixture.lines("variants.jsonl") {
      let name = try #require(line["tokenizer"]?.string)
      let text = try #require(line["text"]?.string)
      let tokenizer = try tokenizers[name] ?? Fixture.tokenizer(name)
      tokenizers[name] = tokenizer
      let encoding = tokenizer.encode(
        text, pair: line["pair"]?.string, maximumLength: line["length"]?.integer ?? .max)
      let place = Comment(rawValue: "\(name): \(text.debugDescription)")
      #expect(encoding.ids.map(Int.init) == line["ids"]?.array?.compactMap(\.integer), place)
      #expect(
        encoding.segments.map(Int.init) == line["segments"]?.array?.compactMap(\.integer), place)
      #expect(encoding.words == line["words"]?.array?.map(\.integer), place)
      #expect(
        encoding.offsets.flatMap { [$0.lowerBound, $0.upperBound] }
          == line["offsets"]?.array?.compactMap(\.integer), place)
      #expect(encoding.truncatedCount == line["dropped"]?.integer, place)
    }
    #expect(tokenizers.count == 6)
  }

  @Test func `vocab txt with its settings is the same tokenizer`() throws {
    let files = [
      "vocab.txt": try Fixture.bytes("vocab.txt"),
      "tokenizer_config.json": Array(#"{"do_lower_case": true, "strip_accents": null}"#.utf8),
    ]
    let whole = try WordPieceTokenizer(contentsOf: Fixture.folder)
    try Fixture.withFolder(files) { folder in
      let tokenizer = try WordPieceTokenizer(contentsOf: folder)
      #expect(tokenizer.vocabularyCount == 6_000)
      #expect(tokenizer.specialIDs == whole.specialIDs)
      for line in try Fixture.lines("lines.jsonl").prefix(8_000) {
        let text = try #require(line.array?.first?.string)
        #expect(
          tokenizer.encode(text, pair: "b", maximumLength: 12)
            == whole.encode(text, pair: "b", maximumLength: 12))
      }
    }
  }

  @Test func `the settings of vocab txt are followed`() throws {
    let vocabulary = Array("[PAD]\n[UNK]\n<s>\n</s>\n[MASK]\nE\u{301}\ne\n中\n中中\n".utf8)
    let settings = """
      {"do_lower_case": false, "strip_accents": false, "tokenize_chinese_chars": false,
       "cls_token": {"content": "<s>"}, "sep_token": "</s>"}
      """
    let files = ["vocab.txt": vocabulary, "tokenizer_config.json": Array(settings.utf8)]
    try Fixture.withFolder(files) { folder in
      let tokenizer = try WordPieceTokenizer(contentsOf: folder)
      let encoding = tokenizer.encode("E\u{301} e 中中", pair: nil, maximumLength: 16)
      #expect(encoding.ids == [2, 5, 6, 8, 3])
    }
    try Fixture.withFolder(["vocab.txt": Array("[UNK]\n[CLS]\n[SEP]\ne".utf8)]) { folder in
      let tokenizer = try WordPieceTokenizer(contentsOf: folder)
      #expect(tokenizer.ids(of: "E É ê x") == [3, 3, 3, 0])
    }
  }

  @Test func `tokenizer json is preferred to vocab txt`() throws {
    let files = [
      "vocab.txt": Array("[UNK]\n[CLS]\n[SEP]\n".utf8),
      "tokenizer.json": try Fixture.bytes("tokenizer-cased.json"),
    ]
    try Fixture.withFolder(files) { folder in
      let tokenizer = try WordPieceTokenizer(contentsOf: folder)
      #expect(tokenizer.vocabularyCount == 1_200)
    }
  }

  @Test func `bytes that are not UTF-8 are replaced, then cleaned away`() throws {
    let tokenizer = try Fixture.tokenizer("tokenizer.json")
    let broken: [UInt8] = [0x74, 0x68, 0xFF, 0x65, 0xC3, 0x20, 0xE4, 0xB8, 0x6F, 0x66, 0xED, 0xA0]
    let text = String(decoding: broken, as: UTF8.self)
    #expect(tokenizer.ids(of: text) == tokenizer.ids(of: "the of"))
    let encoding = tokenizer.encode(text, pair: nil, maximumLength: 8)
    #expect(encoding.offsets[1] == 0..<4)
  }

  @Test func `ids and pieces are each other's inverse, and unknown ones are nil`() throws {
    let tokenizer = try Fixture.tokenizer("tokenizer-added.json")
    for id in 0..<Int32(tokenizer.vocabularyCount) {
      let piece = try #require(tokenizer.piece(of: id))
      #expect(tokenizer.id(of: piece) == id)
    }
    #expect(tokenizer.piece(of: Int32(tokenizer.vocabularyCount)) == nil)
    #expect(tokenizer.piece(of: -1) == nil)
    #expect(tokenizer.id(of: "no such piece") == nil)
    #expect(tokenizer.id(of: "A\u{300}B") == nil, "canonically equivalent to an added token")
    #expect(tokenizer.id(of: "\u{C0}B") != nil)
  }

  @Test func `ids of a text leave the special tokens out and are never cut`() throws {
    let tokenizer = try Fixture.tokenizer("tokenizer.json")
    let text = Array(repeating: "the world", count: 1_000).joined(separator: " ")
    let encoding = tokenizer.encode(text, pair: nil, maximumLength: .max)
    #expect(tokenizer.ids(of: text) == Array(encoding.ids.dropFirst().dropLast()))
    #expect(tokenizer.ids(of: "").isEmpty)
    #expect(tokenizer.specialIDs == [0, 1, 2, 3, 4])
  }

  @Test(arguments: [Int.min, -1, 0, 1, 2, 3])
  func `lengths too small for the special tokens give only those`(length: Int) throws {
    let tokenizer = try Fixture.tokenizer("tokenizer.json")
    let encoding = tokenizer.encode("the of", pair: "and", maximumLength: length)
    #expect(encoding.ids == [2, 3, 3])
    #expect(encoding.truncatedCount == 3)
  }
}
