// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterJSON
import PrompterTestSupport
import Testing

@testable import PrompterTokenizer

/// Forty thousand random texts under random vocabularies beside Hugging Face tokenizers;
/// Scripts/make-differential-fixtures.py says what is in the lines.
@Suite(.namesValues) struct DifferentialTokenizerTests {
  private static let blockSize = 50

  private func cases(_ kind: String) throws -> [JSON] {
    let folder = Fixture.folder.deletingLastPathComponent()
    let bytes = try Data(contentsOf: folder.appending(path: "differential/\(kind).jsonl"))
    return try bytes.split(separator: UInt8(ascii: "\n")).map {
      try JSON(file: Array($0), name: kind)
    }
  }

  @Test func `random WordPiece vocabularies give the tokens of tokenizers`() throws {
    for line in try cases("wordpiece") {
      let (seed, options) = try (seed(of: line), Options(line))
      let tokenizer = try WordPieceTokenizer(
        tokenizerFile: wordPieceFile(seed, options), name: "tokenizer.json")
      try compare(line, "wordpiece", seed, tokenizer)
    }
  }

  @Test func `random Unigram vocabularies give the tokens of tokenizers`() throws {
    for line in try cases("unigram") {
      let (seed, options) = try (seed(of: line), Options(line))
      let tokenizer = try TokenizerFile(unigramFile(seed, options), name: "tokenizer.json")
        .unigramTokenizer()
      try compare(line, "unigram", seed, tokenizer)
    }
  }

  private func seed(of line: JSON) throws -> Int { try #require(line["seed"]?.integer) }

  // MARK: Comparing

  private func compare(
    _ line: JSON, _ kind: String, _ seed: Int, _ tokenizer: any Tokenizer
  ) throws {
    for (block, expected) in try #require(line["blocks"]?.array).enumerated() {
      let ids = ids(of: block, seed, tokenizer)
      guard T5Fixture.checksum(ids.flatMap { $0 + [-1] }) != UInt32(exactly: expected.integer ?? -1)
      else { continue }
      let file = FileManager.default.temporaryDirectory.appending(path: "\(kind)-\(seed)-\(block)")
      try ids.map { "\($0)" }.joined(separator: "\n").write(
        to: file, atomically: true, encoding: .utf8)
      Issue.record(
        """
        \(kind), case \(seed), block \(block): other tokens. \(file.path) has what was found; \
        Scripts/make-differential-fixtures.py --show \(kind) \(seed) \(block) prints what was \
        expected.
        """)
    }
  }

  // Those of a block's texts; one in five is a pair with the text before it.
  private func ids(of block: Int, _ seed: Int, _ tokenizer: any Tokenizer) -> [[Int]] {
    let texts = (0..<Self.blockSize).map {
      MadeTexts.text(seed: seed, index: block * Self.blockSize + $0)
    }
    return texts.indices.map { place in
      tokenizer.encode(
        texts[place], pair: place % 5 == 4 ? texts[place - 1] : nil, maximumLength: .max
      ).ids.map(Int.init)
    }
  }

  // MARK: Files

  // What is put into a case's file, as JSON.
  private struct Options {
    let values: JSON

    init(_ line: JSON) throws { values = try #require(line["options"]) }

    func flag(_ key: String) -> String { values[key]?.bool.map { "\($0)" } ?? "null" }
    func text(_ key: String) -> String { values[key]?.string ?? "" }
    func count(_ key: String) -> Int { values[key]?.integer ?? 0 }

    /// The tokens that are added besides the special ones.
    var added: [String] {
      values["added"]?.bool == true ? ["<a>", "b c", "\u{C9}t\u{E9}"] : []
    }

    func addedTokens(_ special: [String]) -> String {
      let first = special.enumerated().map { place, token in
        """
        {"id":\(place),"content":\(MadeTexts.quoted(token)),"special":true,"single_word":false,
         "lstrip":false,"rstrip":false,"normalized":false}
        """
      }
      let own = added.enumerated().map { place, token in
        """
        {"id":\(special.count + place),"content":\(MadeTexts.quoted(token)),"special":false,
         "single_word":\(flag("single")),"lstrip":\(flag("left")),"rstrip":\(flag("right")),
         "normalized":\(flag("normalized"))}
        """
      }
      return "[" + (first + own).joined(separator: ",") + "]"
    }
  }

  private func special(_ name: String) -> String {
    "{\"SpecialToken\":{\"id\":\"\(name)\",\"type_id\":0}}"
  }

  private func part(_ name: String) -> String {
    "{\"Sequence\":{\"id\":\"\(name)\",\"type_id\":0}}"
  }

  private func wordPieceFile(_ seed: Int, _ options: Options) -> [UInt8] {
    let names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    let pieces = MadeTexts.pieces(
      seed: seed, first: names + options.added, continuing: "##", count: options.count("count"))
    let vocabulary = pieces.enumerated().map { "\(MadeTexts.quoted($1)):\($0)" }
    let single = [special("[CLS]"), part("A"), special("[SEP]")]
    return Array(
      """
      {"added_tokens":\(options.addedTokens(names)),
       "normalizer":{"type":"BertNormalizer","clean_text":\(options.flag("clean")),
        "handle_chinese_chars":\(options.flag("chinese")),
        "strip_accents":\(options.flag("accents")),"lowercase":\(options.flag("lowercase"))},
       "pre_tokenizer":{"type":"BertPreTokenizer"},
       "post_processor":{"type":"TemplateProcessing","single":[\(single.joined(separator: ","))],
        "pair":[\((single + [part("B"), special("[SEP]")]).joined(separator: ","))],
        "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[2],"tokens":["[CLS]"]},
                          "[SEP]":{"id":"[SEP]","ids":[3],"tokens":["[SEP]"]}}},
       "decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
       "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",
        "max_input_chars_per_word":\(options.count("longest")),
        "vocab":{\(vocabulary.joined(separator: ","))}}}
      """.utf8)
  }

  private func unigramFile(_ seed: Int, _ options: Options) -> [UInt8] {
    let names = ["<pad>", "</s>", "<unk>"]
    let hasFallback = options.values["fallback"]?.bool == true
    let bytes = (0..<256).map { byte in
      "<0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true) + ">"
    }
    let pieces = MadeTexts.pieces(
      seed: seed, first: names + options.added + (hasFallback ? bytes : []) + ["\u{2581}"],
      continuing: "\u{2581}", count: options.count("count"))
    var numbers = MadeNumbers(seed: seed, purpose: "scores")
    let vocabulary = pieces.map {
      "[\(MadeTexts.quoted($0)),\(-Double(numbers.below(1 << 20)) / 65536)]"
    }
    let steps = (options.values["steps"]?.array ?? []).compactMap(\.string).map { step in
      switch step {
      case "Strip": #"{"type":"Strip","strip_left":true,"strip_right":true}"#
      case "Replace": #"{"type":"Replace","pattern":{"String":"ab"},"content":"c"}"#
      default: "{\"type\":\"\(step)\"}"
      }
    }
    let metaspace = """
      {"type":"Metaspace","replacement":"\u{2581}","prepend_scheme":"\(options.text("prepend"))",
       "split":\(options.flag("split"))}
      """
    let single = [part("A"), special("</s>")]
    return Array(
      """
      {"added_tokens":\(options.addedTokens(names)),
       "normalizer":{"type":"Sequence","normalizers":[\(steps.joined(separator: ","))]},
       "pre_tokenizer":\(metaspace),"decoder":\(metaspace),
       "post_processor":{"type":"TemplateProcessing","single":[\(single.joined(separator: ","))],
        "pair":[\((single + [part("B"), special("</s>")]).joined(separator: ","))],
        "special_tokens":{"</s>":{"id":"</s>","ids":[1],"tokens":["</s>"]}}},
       "model":{"type":"Unigram","unk_id":2,"byte_fallback":\(options.flag("fallback")),
        "vocab":[\(vocabulary.joined(separator: ","))]}}
      """.utf8)
  }
}
