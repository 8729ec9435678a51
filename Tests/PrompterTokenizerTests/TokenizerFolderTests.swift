// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterJSON
import Testing

@testable import PrompterTokenizer

/// Folders whose files say different things, and what transformers 5.24 makes of them: written by
/// `Scripts/make-tokenizer-folder-fixtures.py`.
@Suite struct TokenizerFolderTests {
  private static let fixtures = Fixture.folder.deletingLastPathComponent()
  private static let place = fixtures.appending(path: "tokenizer-folders")

  private static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: place.appending(path: name)))
  }

  /// The files of a folder with their contents.
  private func files(_ described: JSON, shared: JSON) throws -> [String: [UInt8]] {
    guard case .object(let members) = described else { return [:] }
    var files: [String: [UInt8]] = [:]
    for (name, content) in members {
      guard let reference = content.string else {
        files[name] = Array(content.text.utf8)
        continue
      }
      if reference.hasPrefix("@@") {
        let url = Self.fixtures.appending(path: String(reference.dropFirst(2)))
        files[name] = [UInt8](try Data(contentsOf: url))
      } else {
        files[name] = Array(try #require(shared[String(reference.dropFirst())]?.string).utf8)
      }
    }
    return files
  }

  @Test func `folders are read as transformers reads them`() throws {
    let shared = try JSON(Self.bytes("files.json"))
    var compared = 0
    for line in try Self.bytes("folders.jsonl").split(separator: UInt8(ascii: "\n")) {
      let folder = try JSON(Array(line))
      guard folder["error"] == nil, let described = folder["files"] else { continue }
      // SentencePiece's own arithmetic is kept for its own files, but for odd characters the same.
      let isSentencePiece = described["spiece.model"]?.string?.contains("t5-tokenizer") == true
      try Fixture.withFolder(files(described, shared: shared)) { place in
        let tokenizer: any Tokenizer
        do {
          tokenizer = try Tokenizers.load(contentsOf: place)
        } catch {
          Issue.record("\(error) in \(described.text)")
          return
        }
        for row in folder["rows"]?.array ?? [] {
          let values = try #require(row.array)
          let text = try #require(values[0].string)
          if isSentencePiece, !text.utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) { continue }
          let encoding = tokenizer.encode(
            text, pair: values[1].string, maximumLength: values[2].integer ?? .max)
          #expect(
            encoding.ids.map(Int.init) == values[3].array?.compactMap(\.integer)
              && encoding.segments.map(Int.init) == values[4].array?.compactMap(\.integer),
            "\(text.debugDescription): \(encoding.ids), not \(values[3].text), by \(described.text)"
          )
          compared += 1
        }
      }
    }
    #expect(compared > 3_000)
  }

  @Test(arguments: [
    "BertJapaneseTokenizer", "XLNetTokenizer", "BertTweetTokenizer", "BarthezTokenizer",
    "CLIPTokenizerFast",
  ])
  func `a class that computes something else is refused by its name`(name: String) throws {
    let settings = Array(#"{"tokenizer_class": "\#(name)"}"#.utf8)
    let vocabulary = Array("[UNK]\n[CLS]\n[SEP]\n".utf8)
    for (file, content) in [
      ("vocab.txt", vocabulary), ("tokenizer.json", try Fixture.bytes("tokenizer-cased.json")),
    ] {
      try Fixture.withFolder(["tokenizer_config.json": settings, file: content]) { folder in
        let error = #expect(throws: TokenizerError.self) { try Tokenizers.load(contentsOf: folder) }
        #expect(error?.description.contains(name) == true)
      }
    }
  }

  @Test(arguments: [
    "RobertaTokenizer", "AlbertTokenizer", "CamembertTokenizerFast", "GPT2Tokenizer",
  ])
  func `a class that reads another model is refused with a WordPiece file`(name: String) throws {
    let files = [
      "tokenizer_config.json": Array(#"{"tokenizer_class": "\#(name)"}"#.utf8),
      "tokenizer.json": try Fixture.bytes("tokenizer-cased.json"),
    ]
    try Fixture.withFolder(files) { folder in
      let error = #expect(throws: TokenizerError.self) { try Tokenizers.load(contentsOf: folder) }
      #expect(error?.description.contains("the class that the folder names") == true)
    }
  }

  @Test(arguments: [
    #"{"split_special_tokens": true}"#, #"{"truncation_side": "middle"}"#,
    #"{"auto_map": {"AutoTokenizer": [null, "own.MyTokenizer"]}}"#,
    #"{"additional_special_tokens": "<e1>"}"#, #"{"additional_special_tokens": [1]}"#,
    #"{"cls_token": 5}"#, #"{"cls_token": null}"#, #"{"unk_token": "nowhere"}"#,
    #"{"added_tokens_decoder": []}"#, #"{"added_tokens_decoder": {"-1": {"content": "x"}}}"#,
    #"{"do_lower_case": "yes"}"#, "[]",
  ])
  func `settings that are not understood are refused`(settings: String) throws {
    let files = [
      "vocab.txt": Array("[UNK]\n[CLS]\n[SEP]\n".utf8),
      "tokenizer_config.json": Array(settings.utf8),
    ]
    try Fixture.withFolder(files) { folder in
      #expect(throws: TokenizerError.self) { try Tokenizers.load(contentsOf: folder) }
    }
  }

  @Test(arguments: [#"["<e1>"]"#, #"{"<e1>": "x"}"#, #"{"<e1>": -1}"#, "{"])
  func `a damaged file beside the vocabulary is refused by its name`(content: String) throws {
    let files = [
      "vocab.txt": Array("[UNK]\n[CLS]\n[SEP]\n".utf8), "added_tokens.json": Array(content.utf8),
    ]
    try Fixture.withFolder(files) { folder in
      let error = #expect(throws: TokenizerError.self) { try Tokenizers.load(contentsOf: folder) }
      #expect(error?.description.contains("added_tokens.json") == true)
    }
  }

  @Test func `tokens that no file asks for do not outgrow the model`() throws {
    let files = [
      "vocab.txt": Array("[UNK]\n[CLS]\n[SEP]\na\n".utf8),
      "config.json": Array(#"{"model_type": "bert", "vocab_size": 4}"#.utf8),
    ]
    try Fixture.withFolder(files) { folder in
      let tokenizer = try Tokenizers.load(contentsOf: folder)
      #expect(tokenizer.vocabularyCount == 4)
      #expect(tokenizer.ids(of: "[PAD]") == [0, 0, 0])
    }
  }
}

extension JSON {
  /// The value written again.
  fileprivate var text: String {
    switch self {
    case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { JSON.string($0.key).text + ":" + $0.value.text }.joined(separator: ",")
        + "}"
    case .string(let value):
      "\""
        + value.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(
          of: "\"", with: "\\\"")
        + "\""
    case .integer, .natural, .number, .bool, .null: summary
    }
  }
}
