// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterJSON
import PrompterTestSupport
import Testing

@testable import PrompterTokenizer

@Suite struct BytePairTokenizerTests {
  /// The smallest sound file; tests change one part of it.
  private static func file(
    model: String = vocabulary(), normalizer: String = "null",
    splitter: String = #"{"type": "ByteLevel", "add_prefix_space": false}"#,
    processor: String = "null", decoder: String = #"{"type": "ByteLevel"}"#, added: String = "[]"
  ) -> [UInt8] {
    Array(
      """
      {"added_tokens": \(added), "normalizer": \(normalizer), "pre_tokenizer": \(splitter),
       "post_processor": \(processor), "decoder": \(decoder), "model": \(model)}
      """.utf8)
  }

  private static func vocabulary(
    merges: String = #"["a b", ["ab", "c"], "Ġ a"]"#, more: String = ""
  ) -> String {
    """
    {"type": "BPE", "dropout": null, "continuing_subword_prefix": "", "end_of_word_suffix": "",
     "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "abc": 4, "Ġ": 5, "Ġa": 6, "u": 7, "Ã": 9,
     "©": 8}, "merges": \(merges)\(more)}
    """
  }

  private func tokenizer(_ bytes: [UInt8]) throws -> BytePairTokenizer {
    try TokenizerFile(bytes, name: "tokenizer.json").bytePairTokenizer()
  }

  private func message(_ bytes: [UInt8]) -> String {
    do {
      _ = try tokenizer(bytes)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func `merges are done in their order, whatever way they are written`() throws {
    let tokenizer = try tokenizer(Self.file())
    #expect(tokenizer.ids(of: "abc ab aabcb") == [4, 5, 3, 6, 4, 1])
    #expect(tokenizer.ids(of: "abc ab") == [4, 5, 3])
    #expect(tokenizer.decode([4, 5, 3, 9, 8]) == "abc abé")
    #expect(tokenizer.vocabularyCount == 10)
    #expect(tokenizer.unknownID == nil)
    #expect(tokenizer.piece(of: 6) == "Ġa")
    #expect(tokenizer.id(of: "Ġa") == 6)
    #expect(tokenizer.limits.id == 9)
  }

  @Test func `half a character is a token that covers it, and decodes to U+FFFD`() throws {
    let tokenizer = try tokenizer(Self.file())
    let encoding = tokenizer.encode("aéa", pair: nil, maximumLength: .max)
    #expect(encoding.ids == [0, 9, 8, 0])
    #expect(encoding.offsets == [0..<1, 1..<2, 1..<2, 2..<3])
    #expect(tokenizer.decode([0, 9]) == "a\u{FFFD}")
  }

  @Test func `a word that was split before is split the same, on any thread`() async throws {
    let tokenizer = try tokenizer(Self.file())
    let text = String(repeating: "abc ab aab ", count: 50)
    let expected = tokenizer.ids(of: text)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 { group.addTask { tokenizer.ids(of: text) == expected } }
      for await isEqual in group { #expect(isEqual) }
    }
  }

  @Test func `characters without a piece are unknown, spelt in bytes, or left out`() throws {
    func ids(_ more: String, _ text: String) throws -> [Int32] {
      try tokenizer(Self.file(model: Self.vocabulary(more: more), splitter: "null")).ids(of: text)
    }
    #expect(try ids("", "axxb") == [3])
    #expect(try ids(#", "unk_token": "u""#, "axxb") == [0, 7, 7, 1])
    #expect(try ids(#", "unk_token": "u", "fuse_unk": true"#, "axxb") == [0, 7, 1])
    let bytes =
      #"{"type": "BPE", "unk_token": "u", "byte_fallback": true, "merges": [], "vocab":"#
      + #" {"a": 0, "u": 1, "<0xC3>": 2, "<0xA9>": 3}}"#
    let spelt = try tokenizer(Self.file(model: bytes, splitter: "null"))
    #expect(spelt.ids(of: "aéè") == [0, 2, 3, 1])
    let encoding = spelt.encode("aéè", pair: nil, maximumLength: .max)
    #expect(encoding.offsets == [0..<1, 1..<2, 1..<2, 2..<3])
  }

  @Test func `a word that is a piece may be one without merges`() throws {
    let model = Self.vocabulary(merges: "[]", more: #", "ignore_merges": true"#)
    #expect(try tokenizer(Self.file(model: model)).ids(of: "abc aba Ġ") == [4, 5, 0, 1, 0, 5])
  }

  @Test func `a megabyte of one letter takes no time`() throws {
    let model = Self.vocabulary(merges: #"["a b", "a a", "aa aa", "aaaa aaaa"]"#)
      .replacingOccurrences(
        of: #""c": 2,"#, with: #""c": 2, "aa": 10, "aaaa": 11, "aaaaaaaa": 12,"#)
    let tokenizer = try tokenizer(Self.file(model: model))
    let ids = tokenizer.ids(of: String(repeating: "a", count: 1 << 20))
    #expect(ids == [Int32](repeating: 12, count: 1 << 17))
  }

  @Test func `few and many pieces are joined alike`() throws {
    var numbers = MadeNumbers(seed: 4, purpose: "merges")
    let letters = ["a", "b", "c"]
    for _ in 0..<200 {
      let (list, vocabulary) = try Self.madeMerges(&numbers, letters)
      let table = try MergeTable(list, vocabulary, file: "merges.txt")
      let count = 1 + numbers.below(90)
      let ids = (0..<count).map { _ in Int32(numbers.below(letters.count)) }
      var merging = PieceMerging()
      for id in ids { merging.append(id, length: 1) }
      merging.join(table)
      #expect(merging.ids == Self.slowlyJoined(ids, table))
      #expect(merging.lengths.reduce(0, +) == Int32(count))
    }
  }

  private static func madeMerges(
    _ numbers: inout MadeNumbers, _ letters: [String]
  ) throws -> (MergeList, Vocabulary) {
    var pieces = letters
    var list = MergeList()
    for _ in 0..<30 {
      let (first, second) = (numbers.choice(pieces), numbers.choice(pieces))
      guard list.append(spaced: Array("\(first) \(second)".utf8)[...]) else { continue }
      if !pieces.contains(first + second) { pieces.append(first + second) }
    }
    var vocabulary = Vocabulary(minimumCapacity: 0)
    for (id, piece) in pieces.enumerated() { vocabulary.insert(piece.utf8, id: Int32(id)) }
    return (list, vocabulary)
  }

  /// The definition: the merge of least rank, leftmost, again and again.
  private static func slowlyJoined(_ ids: [Int32], _ table: MergeTable) -> [Int32] {
    var ids = ids
    while true {
      let merges = zip(ids, ids.dropFirst()).map { table.merge($0, $1) }
      guard let least = merges.min(), least != MergeTable.none,
        let place = merges.firstIndex(of: least)
      else { return ids }
      ids.replaceSubrange(place...place + 1, with: [MergeTable.piece(of: least)])
    }
  }

  // MARK: Errors

  @Test(arguments: [
    (#"["a x"]"#, #"merge 1: found "x", expected a piece of the vocabulary."#),
    (#"["a b", ["b", "c"]]"#, #"merge 2: found "bc", expected a piece of the vocabulary."#),
    (
      #"["ab"]"#,
      #"merge 1: found "ab", expected two pieces, or both in a string with a space between them."#
    ),
    (
      #"["a b c"]"#,
      #"merge 1: found "a b c", expected two pieces, or both in a string with a space between them."#
    ),
    (
      #"[["a", 1]]"#,
      "merge 1: found a list of 2, expected two pieces, or both in a string with a space between "
        + "them."
    ),
    ("{}", "\"merges\": found an object of 0, expected a list of pairs of pieces."),
  ])
  func `merges without sense are refused by their number`(merges: String, expected: String) {
    let model = Self.vocabulary(merges: merges)
    #expect(message(Self.file(model: model)) == "tokenizer.json, \(expected)")
  }

  @Test(arguments: [
    (#""dropout": 0.1"#, "dropout is 0.1"), (#""unk_token": "x""#, "unk_token \"x\""),
    (#""end_of_word_suffix": "</w>""#, "end_of_word_suffix"),
    (#""fuse_unk": 1"#, "\"fuse_unk\""), (#""vocab": []"#, "\"vocab\""),
    (#""vocab": {"a": -1}"#, "id of the piece \"a\""),
  ])
  func `options of a model that are not supported are named`(option: String, part: String) {
    let message = message(Self.file(model: Self.vocabulary(more: ", \(option)")))
    #expect(message.hasPrefix("tokenizer.json") && message.contains(part), "\(message)")
  }

  @Test(arguments: [
    #"{"type": "Split", "pattern": {"Regex": "(a+)+$"}, "behavior": "Isolated"}"#,
    #"{"type": "Split", "pattern": {"String": " "}, "behavior": "Sideways"}"#,
    #"{"type": "Split", "pattern": {"String": ""}, "behavior": "Isolated"}"#,
    #"{"type": "Split", "pattern": {"String": " "}, "behavior": "Isolated", "invert": true}"#,
    #"{"type": "Sequence", "pretokenizers": [{"type": "ByteLevel"}, {"type": "Digits"}]}"#,
    #"{"type": "UnicodeScripts"}"#,
  ])
  func `a pre-tokenizer that is not supported is refused`(splitter: String) {
    #expect(message(Self.file(splitter: splitter)).hasPrefix("tokenizer.json"))
  }

  @Test func `later merges of equal pairs count, and ids may have gaps`() throws {
    let model = """
      {"type": "BPE", "vocab": {"a": 5, "b": 1000000, "c": 2147483647, "ab": 7, "bc": 9},
       "merges": ["a b", "b c", "a b"]}
      """
    let tokenizer = try tokenizer(Self.file(model: model))
    #expect(tokenizer.ids(of: "abc") == [5, 9])
    #expect(tokenizer.ids(of: "c") == [.max])
    #expect(tokenizer.piece(of: .max) == "c")
    #expect(tokenizer.piece(of: 6) == nil)
  }

  @Test func `files of GPT-2 are read, and what is wrong in them is said by line`() throws {
    let vocabulary = Array(#"{"a": 0, "b": 1, "ab": 2, "<|endoftext|>": 3}"#.utf8)
    let settings = Array(#"{"tokenizer_class": "GPT2Tokenizer", "add_bos_token": true}"#.utf8)
    func read(_ merges: String, _ vocabulary: [UInt8]) throws -> [Int32] {
      var ids: [Int32] = []
      let files = [
        "vocab.json": vocabulary, "merges.txt": Array(merges.utf8),
        "tokenizer_config.json": settings,
      ]
      try Fixture.withFolder(files) { folder in
        ids = try BytePairTokenizer(contentsOf: folder)
          .encode("ab", pair: "b", maximumLength: 9).ids
      }
      return ids
    }
    #expect(try read("#version: 0.2\r\na b\r\n", vocabulary) == [3, 2, 3, 1])
    #expect(try read("a b", vocabulary) == [3, 2, 3, 1])
    for (merges, place) in [("a b\n\n", "line 2"), ("ab\n", "line 1"), ("a b\na x\n", "merge 2")] {
      let error = #expect(throws: TokenizerError.self) { try read(merges, vocabulary) }
      #expect(
        error?.description.contains("merges.txt, \(place)") == true, "\(String(describing: error))")
    }
    let error = #expect(throws: TokenizerError.self) { try read("", Array(#"{"a": 0.5}"#.utf8)) }
    #expect(error?.description.contains("vocab.json, id of the piece \"a\"") == true)
    #expect(throws: TokenizerError.self) { try read("", Array("[]".utf8)) }
  }

  private let sample = "İ abc  don't 123 \u{0} 中 <l> \(String(repeating: "ab", count: 120))"

  @Test func `thousands of mutated files throw or load, and what loads encodes`() throws {
    var mutations = Mutations(seed: 11)
    let added =
      #"[{"id": 9, "content": "<l>", "lstrip": true, "normalized": true, "special": true}]"#
    let processor = """
      {"type": "Sequence", "processors": [{"type": "ByteLevel", "trim_offsets": true},
       {"type": "RobertaProcessing", "sep": ["a", 0], "cls": ["b", 1], "trim_offsets": false}]}
      """
    let splitter = """
      {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"String": "b"},
       "behavior": "MergedWithNext", "invert": false},
       {"type": "ByteLevel", "add_prefix_space": true, "use_regex": true}]}
      """
    let sound = Self.file(
      model: Self.vocabulary(more: #", "ignore_merges": true, "byte_fallback": true"#),
      normalizer: #"{"type": "NFC"}"#, splitter: splitter, processor: processor, added: added)
    var loaded = 0
    let count = Mutations.count(3_000)
    for _ in 0..<count {
      guard let tokenizer = try? tokenizer(mutations.damaged(sound)) else { continue }
      loaded += 1
      let encoding = tokenizer.encode(sample, pair: sample, maximumLength: 16)
      #expect(encoding.ids.count == encoding.offsets.count)
      _ = tokenizer.decode(encoding.ids)
    }
    #expect(loaded > count / 30 && loaded < count - count / 30)
  }

  @Test func `mutated files of GPT-2 throw or load`() throws {
    var mutations = Mutations(seed: 12)
    let vocabulary = Array(#"{"a": 0, "b": 1, "ab": 2, "Ġ": 3, "Ġab": 4}"#.utf8)
    let merges = Array("#version: 0.2\na b\nĠ ab\n".utf8)
    for _ in 0..<Mutations.count(500) {
      let list = try? MergeList(lines: mutations.damaged(merges), name: "merges.txt")
      var scanner = JSONScanner(mutations.damaged(vocabulary))
      guard let list, let vocabulary = Vocabulary(&scanner),
        let table = try? MergeTable(list, vocabulary, file: "merges.txt")
      else { continue }
      let model = BytePairModel(vocabulary: vocabulary, merges: table, alphabet: .bytes)
      let tokenizer = BytePairTokenizer(
        model: model, steps: [], splitters: [.byteLevel(addsPrefixSpace: false, .gpt2)],
        template: SequenceTemplate(), decoder: .steps([.byteLevel]), numbered: [])
      _ = tokenizer.encode(sample, pair: nil, maximumLength: 16)
    }
  }
}
