// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterJSON
import Testing

@testable import PrompterTokenizer

/// The tokenizers of today's encoders beside Hugging Face transformers:
/// `Scripts/make-encoder-tokenizer-fixtures.py` says what is in the files.
@Suite struct EncoderTokenizerTests {
  /// `Scripts/compare-encoder-tokenizers.sh` sets another folder, with more lines.
  private static let folder =
    ProcessInfo.processInfo.environment["PROMPTER_ENCODER_TOKENIZERS"].map { URL(filePath: $0) }
    ?? Fixture.folder.deletingLastPathComponent().appending(path: "encoder-tokenizers")

  /// The folders of models, by their paths.
  private static let names: [String] = {
    let found = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    return (found ?? []).filter { $0.hasSuffix(".bin") }.map { String($0.dropLast(4)) }.sorted()
  }()

  private static let texts: [String] = {
    let bytes = (try? Data(contentsOf: folder.appending(path: "lines.jsonl"))) ?? Data()
    return bytes.split(separator: UInt8(ascii: "\n")).compactMap {
      try? JSON(Array($0)).string
    }
  }()

  @Test func `there are lines and tokenizers`() {
    #expect(Self.names.count >= 17)
    #expect(Self.texts.count >= 500)
  }

  @Test(arguments: names)
  func `ids, segments, words, offsets and text are those of transformers`(name: String) throws {
    let checksums = [UInt8](try Data(contentsOf: Self.folder.appending(path: "\(name).bin")))
    try #require(checksums.count == Self.texts.count * 12)
    let tokenizer = try Tokenizers.load(contentsOf: Self.folder.appending(path: name))
    var differences: [String] = []
    for (index, text) in Self.texts.enumerated() {
      let (pair, length) = Self.mode(index)
      let encoding = tokenizer.encode(text, pair: pair, maximumLength: length)
      let wrong = (0..<3).filter { part in
        let expected = Self.number(checksums, index * 12 + part * 4)
        let found = Self.checksum(part, encoding, tokenizer)
        return found != expected && (part < 2 || expected != 0)
      }
      if !wrong.isEmpty {
        let parts = wrong.map { ["ids", "places", "decoded"][$0] }.joined(separator: ", ")
        differences.append("\(index) \(parts): \(text.debugDescription): \(encoding.ids)")
      }
    }
    #expect(differences.isEmpty, "\(differences.count) differ: \(differences.prefix(5))")
    if ProcessInfo.processInfo.environment["PROMPTER_ENCODER_TOKENIZERS"] != nil {
      print("\(name): \(Self.texts.count) lines, \(differences.count) differ.")
    }
  }

  /// The pair and the length that a text is encoded with.
  private static func mode(_ index: Int) -> (pair: String?, length: Int) {
    let kind = index % 10
    let pair = [6, 7, 9].contains(kind) ? texts[index - 1] : nil
    return (pair, kind == 8 ? 9 : kind == 9 ? 13 : .max)
  }

  private static func checksum(
    _ part: Int, _ encoding: Encoding, _ tokenizer: any Tokenizer
  ) -> UInt32 {
    switch part {
    case 0: T5Fixture.checksum((encoding.ids + encoding.segments).map(Int.init))
    case 1:
      T5Fixture.checksum(
        zip(encoding.words, encoding.offsets).flatMap { word, range in
          [word.map { $0 + 1 } ?? 0, range.lowerBound, range.upperBound]
        })
    default: T5Fixture.checksum(tokenizer.decode(encoding.ids).utf8.map(Int.init))
    }
  }

  private static func number(_ bytes: [UInt8], _ place: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << ($1 * 8) }
  }
}
