// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterJSON
import Testing

@testable import PrompterTokenizer

@Suite struct UnigramTokenizerTests {
  @Test(arguments: ["plain", "bytes"])
  func `eleven thousand lines get the ids of SentencePiece`(name: String) throws {
    let texts = try T5Fixture.texts()
    #expect(texts.count >= 10_000)
    let differences = try T5Fixture.differences(
      T5Fixture.sentencePiece(name), texts, checksums: T5Fixture.bytes("\(name)/spiece.bin"))
    #expect(differences.isEmpty, "\(differences.count) differ: \(differences.prefix(5))")
  }

  @Test(arguments: ["plain", "bytes"])
  func `eleven thousand lines get the ids, words and offsets of tokenizers`(name: String) throws {
    let differences = try T5Fixture.differences(
      T5Fixture.tokenizers(name), T5Fixture.texts(),
      checksums: T5Fixture.bytes("\(name)/tokenizer.bin"))
    #expect(differences.isEmpty, "\(differences.count) differ: \(differences.prefix(5))")
  }

  /// The vocabulary of a real model: `Scripts/compare-tokenizers.sh` sets the folder.
  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["PROMPTER_TOKENIZER_COMPARISON"] != nil),
    arguments: ["sentencepiece/spiece", "tokenizers/tokenizer"])
  func `a real vocabulary gets the ids of its references`(name: String) throws {
    let path = try #require(ProcessInfo.processInfo.environment["PROMPTER_TOKENIZER_COMPARISON"])
    let folder = URL(filePath: path)
    let checksums = [UInt8](try Data(contentsOf: folder.appending(path: "\(name).bin")))
    let texts = try Data(contentsOf: folder.appending(path: "lines.jsonl"))
      .split(separator: UInt8(ascii: "\n"))
      .map { try #require(try JSON(file: Array($0), name: "lines.jsonl").string) }
    let tokenizer = try Tokenizers.load(
      contentsOf: folder.appending(path: name).deletingLastPathComponent())
    let differences = try T5Fixture.differences(tokenizer, texts, checksums: checksums)
    #expect(differences.isEmpty, "\(differences.count) differ: \(differences.prefix(20))")
    print("\(name): \(texts.count) lines, \(differences.count) differ.")
  }

  @Test func `pairs are cut as tokenizers cuts them, and keep both ends`() throws {
    let tokenizer = try T5Fixture.tokenizers("plain")
    for line in try T5Fixture.lines("pairs.jsonl") {
      let first = try #require(line["first"]?.string)
      let encoding = tokenizer.encode(
        first, pair: line["second"]?.string, maximumLength: line["length"]?.integer ?? 0)
      #expect(encoding.ids.map(Int.init) == line["ids"]?.array?.compactMap(\.integer), "\(line)")
      #expect(encoding.segments.allSatisfy { $0 == 0 })
    }
  }

  @Test func `a text ends in one closing token, and its plain ids leave that out`() throws {
    for tokenizer in [try T5Fixture.tokenizers("plain"), try T5Fixture.sentencePiece("plain")] {
      let encoding = tokenizer.encode("good or bad", pair: nil, maximumLength: .max)
      #expect(tokenizer.endTokenID == 1)
      #expect(encoding.ids.last == 1)
      #expect(encoding.closingCount == 1)
      #expect(tokenizer.ids(of: "good or bad") == encoding.ids.dropLast())
      #expect(tokenizer.encode("bad </s>", pair: nil, maximumLength: .max).closingCount == 1)
      #expect(tokenizer.encode("", pair: "", maximumLength: 9).ids == [1, 1])
    }
  }

  @Test func `pieces and sentinels are found by name and by id`() throws {
    for tokenizer in [try T5Fixture.tokenizers("plain"), try T5Fixture.sentencePiece("plain")] {
      #expect(tokenizer.vocabularyCount == 2_100)
      for id in 0..<Int32(tokenizer.vocabularyCount) {
        let piece = try #require(tokenizer.piece(of: id))
        #expect(tokenizer.id(of: piece) == id)
      }
      #expect(tokenizer.id(of: "<extra_id_0>") == 2_099)
      #expect(tokenizer.id(of: "<extra_id_99>") == 2_000)
      #expect(tokenizer.piece(of: 2_100) == nil)
      #expect(tokenizer.piece(of: -1) == nil)
      #expect(tokenizer.id(of: "no such piece") == nil)
      #expect(tokenizer.specialIDs == Set([0, 1, 2] + Array(2_000..<2_100)))
    }
  }

  @Test func `decoding leaves special and unknown ids out`() throws {
    let tokenizer = try T5Fixture.sentencePiece("plain")
    let ids = tokenizer.ids(of: "the people")
    #expect(tokenizer.decode([0] + ids + [2_099, 1, 9_999, -1]) == "the people")
    #expect(tokenizer.decode([]) == "")
  }

  @Test func `bytes that are no character are decoded to U+FFFD one by one`() throws {
    let tokenizer = try T5Fixture.sentencePiece("bytes")
    let bytes: [UInt8] = [0xE4, 0xB8, 0x41, 0xF0, 0xE4, 0xB8, 0xAD, 0xFF]
    let ids = try bytes.map { try #require(tokenizer.id(of: String(format: "<0x%02X>", $0))) }
    #expect(tokenizer.decode(ids) == "\u{FFFD}\u{FFFD}A\u{FFFD}中\u{FFFD}")
  }

  @Test func `the number of sentinels comes from the settings`() throws {
    let model = try T5Fixture.bytes("bytes/spiece.model")
    let cases: [(settings: String, count: Int)] = [
      (#"{"extra_ids": 0}"#, 1_500), (#"{"extra_ids": 7}"#, 1_507), ("{}", 1_600),
      (#"{"additional_special_tokens": ["<extra_id_0>", "<extra_id_1>"]}"#, 1_600),
      (
        #"{"tokenizer_class": "T5Tokenizer", "extra_ids": 1, "added_tokens_decoder": {"1501": "#
          + #"{"content": "<new>", "lstrip": true}, "0": {"content": "<pad>"}}}"#, 1_502
      ),
    ]
    for (settings, count) in cases {
      let files = ["spiece.model": model, "tokenizer_config.json": Array(settings.utf8)]
      try Fixture.withFolder(files) { folder in
        let tokenizer = try UnigramTokenizer(contentsOf: folder)
        #expect(tokenizer.vocabularyCount == count)
      }
    }
  }

  @Test func `offsets and words follow the text`() throws {
    let text = "the people  of ﬁne <extra_id_0> water"
    for tokenizer in [try T5Fixture.tokenizers("plain"), try T5Fixture.sentencePiece("plain")] {
      let encoding = tokenizer.encode(text, pair: nil, maximumLength: .max)
      let scalars = Array(text.unicodeScalars)
      var words: [Int: String] = [:]
      for (word, range) in zip(encoding.words, encoding.offsets) {
        guard let word else { continue }
        words[word, default: ""] += scalars[range].map { String(Character($0)) }.joined()
      }
      let spelt = words.sorted { $0.key < $1.key }
        .map { $0.value.trimmingCharacters(in: .whitespaces) }
      #expect(spelt.first == "the")
      #expect(spelt.last == "water")
      #expect(spelt.count == 6)
    }
  }
}
