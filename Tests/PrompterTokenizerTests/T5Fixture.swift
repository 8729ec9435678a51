// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterJSON
import Testing

@testable import PrompterTokenizer

/// The files that `Scripts/make-t5-tokenizer-fixtures.py` writes.
enum T5Fixture {
  static let folder = Fixture.folder.deletingLastPathComponent().appending(path: "t5-tokenizer")

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }

  /// The tokenizer of a `spiece.model`.
  static func sentencePiece(_ name: String) throws -> UnigramTokenizer {
    try SentencePieceFile(bytes("\(name)/spiece.model"), name: "spiece.model")
      .tokenizer(settings: nil)
  }

  /// The tokenizer of a `tokenizer.json`.
  static func tokenizers(_ name: String) throws -> UnigramTokenizer {
    try TokenizerFile(tokenizerFile(name), name: "tokenizer.json").unigramTokenizer()
  }

  /// A `tokenizer.json` with its character map, which is kept in `spiece.model` only.
  static func tokenizerFile(_ name: String) throws -> [UInt8] {
    let model = try bytes("\(name)/spiece.model")
    let spec = try #require(try field(3, of: model, 0..<model.count))
    let map = try #require(try field(2, of: model, spec))
    let text = String(decoding: try bytes("\(name)/tokenizer.json"), as: UTF8.self)
    return Array(
      text.replacingOccurrences(
        of: #""precompiled_charsmap":"spiece.model""#,
        with: #""precompiled_charsmap":"\#(Data(model[map]).base64EncodedString())""#
      ).utf8)
  }

  /// The last field of a number that holds bytes.
  private static func field(
    _ number: Int, of bytes: [UInt8], _ range: Range<Int>
  ) throws -> Range<Int>? {
    var reader = ProtobufReader(bytes, range, file: "spiece.model")
    var found: Range<Int>?
    while let (field, value) = try reader.next() {
      if field == number, case .bytes(let range) = value { found = range }
    }
    return found
  }

  /// The texts, in the order of the checksums.
  static func texts() throws -> [String] {
    let base = try Fixture.lines("lines.jsonl").map { try #require($0.array?.first?.string) }
    let own = try lines("lines.jsonl").map { try #require($0.string) }
    return base + own
  }

  /// The values of a file with one JSON value a line.
  static func lines(_ name: String) throws -> [JSON] {
    try bytes(name).split(separator: UInt8(ascii: "\n")).map {
      try JSON(file: Array($0), name: name)
    }
  }

  /// FNV-1a over 32-bit numbers.
  static func checksum(_ values: some Sequence<Int>) -> UInt32 {
    values.reduce(2_166_136_261) { ($0 ^ UInt32(truncatingIfNeeded: $1)) &* 16_777_619 }
  }

  /// The texts whose ids, decoded text, words or offsets are not those of the checksums.
  static func differences(
    _ tokenizer: any Tokenizer, _ texts: [String], checksums: [UInt8]
  ) throws -> [String] {
    try #require(checksums.count == texts.count * 8)
    var differences: [String] = []
    for (index, text) in texts.enumerated() {
      let encoding = tokenizer.encode(text, pair: nil, maximumLength: .max)
      let decoded = tokenizer.decode(encoding.ids)
      let content = checksum(encoding.ids.map(Int.init) + decoded.utf8.map(Int.init))
      let places = checksum(
        zip(encoding.words, encoding.offsets).flatMap { word, range in
          [word.map { $0 + 1 } ?? 0, range.lowerBound, range.upperBound]
        })
      let expected = number(checksums, index * 8)
      let expectedPlaces = number(checksums, index * 8 + 4)
      if content != expected || (expectedPlaces != 0 && places != expectedPlaces) {
        differences.append("\(text.debugDescription): \(encoding.ids), \(decoded)")
      }
    }
    return differences
  }

  private static func number(_ bytes: [UInt8], _ place: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << ($1 * 8) }
  }
}
