// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTestSupport
import Testing

@testable import PrompterTokenizer

/// SentencePiece models that are broken on purpose must throw one sentence or load, and what loads
/// must encode in time.
@Suite struct HostileSentencePieceTests {
  /// A message field of bytes.
  private static func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
    varint(UInt64(number << 3 | 2)) + varint(UInt64(bytes.count)) + bytes
  }

  private static func number(_ field: Int, _ value: UInt64) -> [UInt8] {
    varint(UInt64(field << 3)) + varint(value)
  }

  private static func varint(_ value: UInt64) -> [UInt8] {
    var (rest, bytes) = (value, [UInt8]())
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  private static func piece(_ text: String, _ score: Float = -1, kind: UInt64 = 1) -> [UInt8] {
    let bits = score.bitPattern
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) }
    return field(1, field(1, Array(text.utf8)) + [0x15] + bytes + number(3, kind))
  }

  private static let specials =
    piece("<pad>", 0, kind: 3) + piece("</s>", 0, kind: 3) + piece("<unk>", 0, kind: 2)

  /// The smallest sound model; tests break one part of it.
  private static func model(
    pieces: [UInt8] = specials + piece("\u{2581}") + piece("a", -2) + piece("\u{2581}a"),
    trainer: [UInt8] = number(3, 1) + number(42, 1), map: [UInt8] = []
  ) -> [UInt8] {
    pieces + field(2, trainer) + field(3, field(2, map))
  }

  /// A character map with some units of a trie and some forms.
  private static func map(_ units: [UInt32], _ forms: [UInt8]) -> [UInt8] {
    let count = UInt32(units.count * 4)
    return ([count] + units).flatMap { unit in
      (0..<4).map { UInt8(truncatingIfNeeded: unit >> ($0 * 8)) }
    } + forms
  }

  private func load(_ bytes: [UInt8]) throws -> UnigramTokenizer {
    try SentencePieceFile(bytes, name: "spiece.model").tokenizer(settings: nil)
  }

  private func message(_ bytes: [UInt8]) -> String {
    do {
      _ = try load(bytes)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func `the smallest model loads`() throws {
    let tokenizer = try load(Self.model())
    #expect(tokenizer.ids(of: " a a  xy</s>") == [5, 5, 3, 2, 1])
    #expect(tokenizer.vocabularyCount == 106)
  }

  @Test func `a model cut at any byte is refused, or was whole before`() throws {
    let bytes = Self.model() + Self.field(4, Self.field(1, [0x0A, 0x00]))
    let whole = Self.model().count
    for length in 0..<bytes.count where length != whole {
      #expect(throws: TokenizerError.self, "cut at \(length)") { try load(Array(bytes[..<length])) }
    }
  }

  @Test func `a real model cut anywhere is refused`() throws {
    let bytes = try T5Fixture.bytes("bytes/spiece.model")
    for length in stride(from: 0, to: bytes.count - 64, by: 37) {
      #expect(throws: TokenizerError.self, "cut at \(length)") { try load(Array(bytes[..<length])) }
    }
  }

  @Test func `what is wrong with a piece is said with its number`() {
    let cases: [(pieces: [UInt8], message: String)] = [
      (Self.piece(""), "spiece.model, piece 3: found no text, expected some."),
      (Self.piece("<unk>"), "spiece.model, piece 3: found the same as piece 2, expected another."),
      (
        Self.piece("x", .nan), "spiece.model, piece 3: found the score nan, expected a number."
      ),
      (
        Self.piece("<u>", kind: 2),
        "spiece.model, piece 3: found a second unknown piece, expected one."
      ),
      (
        Self.piece("x", kind: 9),
        "spiece.model, piece 3: found the type 9, expected a type from 1 to 6."
      ),
      (
        Self.field(1, Self.field(1, [0xFF])),
        "spiece.model, piece 3: found ill-formed bytes, expected UTF-8."
      ),
    ]
    for (pieces, expected) in cases {
      #expect(message(Self.model(pieces: Self.specials + pieces)) == expected)
    }
  }

  @Test func `another algorithm and missing parts are refused`() {
    #expect(
      message(Self.model(trainer: Self.number(3, 2)))
        == "spiece.model: the model is BPE, which is not supported; expected UNIGRAM.")
    let cases: [[UInt8]] = [
      [], Self.specials, Self.model(pieces: []), Self.model(pieces: Self.piece("a")),
      Self.model(trainer: Self.number(24, 1)), Self.model(trainer: Self.number(35, 1)),
      Self.model(trainer: Self.number(42, 1 << 20)), Self.model(trainer: Self.number(42, .max)),
    ]
    for bytes in cases { #expect(message(bytes).hasPrefix("spiece.model")) }
  }

  @Test(arguments: [
    [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
    [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
    [0x0A, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
    [0x00], [0x0B, 0x0C], [0x0E], [0x0A], [0x0A, 0x02, 0x12], [0x80], [0x0D, 1, 2, 3], [0x09, 1],
    [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
  ])
  func `sizes and kinds without sense are refused by their byte`(bytes: [UInt8]) {
    let message = message(bytes + [])
    #expect(message.hasPrefix("spiece.model, byte "), "\(message)")
  }

  @Test(arguments: [
    [1], [4, 0, 0, 0], [0, 0, 0, 0, 0], [255, 255, 255, 255, 0], [3, 0, 0, 0, 1, 2, 3, 0],
    [4, 0, 0, 0, 1, 2, 3, 4],
  ])
  func `a map whose sizes do not fit is refused`(map: [UInt8]) {
    let message = message(Self.model(map: map))
    #expect(message.hasPrefix("spiece.model, precompiled character map: found "), "\(message)")
  }

  @Test func `a normal form without an end is refused`() {
    let map = Self.map([0], Array(repeating: 0x61, count: 2_000))
    #expect(message(Self.model(map: map)).contains("a normal form of more than 1024 bytes"))
  }

  @Test func `tries that lead nowhere, back to themselves or far away are walked in time`() throws {
    let text = String(repeating: "aaa中 \u{301}", count: 4_000)
    // Every unit leads on "a" to itself, whatever comes before.
    let circle = Array(repeating: UInt32(0x61), count: 256)
    let leaf = Array(repeating: UInt32(0x161), count: 256)
    let far = Array(repeating: UInt32(0xFFFF_FF61), count: 256)
    for units in [circle, leaf, far, [0xFFFF_FFFF], [0]] {
      for forms in [[UInt8(0)], Array("bb\0".utf8), [0xFF, 0xFE, 0]] {
        let tokenizer = try load(Self.model(map: Self.map(units, forms)))
        let start = ContinuousClock.now
        #expect(tokenizer.encode(text, pair: nil, maximumLength: 8).ids.count <= 8)
        #expect(ContinuousClock.now - start < .seconds(20))
      }
    }
  }

  @Test func `a long text of one sign takes no more than its length`() throws {
    let tokenizer = try T5Fixture.sentencePiece("bytes")
    for sign in ["a", " ", "\u{301}", "☃", "\u{2581}"] {
      let text = String(repeating: sign, count: 100_000)
      let encoding = tokenizer.encode(text, pair: nil, maximumLength: 16)
      #expect(encoding.ids.count <= 16)
    }
  }

  private let sample =
    "É the <extra_id_0> e\u{301} --xyz\u{1} ﬁ\u{3000}中 </s>☃☃☃ \(String(repeating: "x", count: 90))"

  @Test func `mutated models throw or load`() throws {
    var mutations = Mutations(seed: 9)
    let count = Mutations.count(2_000)
    let trained = try T5Fixture.bytes("bytes/spiece.model")
    var loaded = 0
    for round in 0..<count {
      // Mutations of the whole model seldom reach its map, which is at its end.
      let sound = round % 4 == 0 ? trained : Self.model(map: Array(trained.suffix(1_500)))
      guard let tokenizer = try? load(mutations.damaged(sound)) else { continue }
      loaded += 1
      let encoding = tokenizer.encode(sample, pair: sample, maximumLength: 24)
      #expect(encoding.ids.count == encoding.offsets.count)
      _ = tokenizer.decode(encoding.ids + [Int32.max, .min])
    }
    #expect(loaded > count / 100 && loaded < count, "\(loaded)")
  }

  @Test func `mutated Unigram files throw or load`() throws {
    var mutations = Mutations(seed: 10)
    let count = Mutations.count(1_500)
    let whole = String(decoding: try T5Fixture.tokenizerFile("bytes"), as: UTF8.self)
    // The pieces are most of the file; a few of them leave the rest to be hit.
    let start = try #require(whole.range(of: #""vocab":["#)).upperBound
    let end = try #require(whole.range(of: #"]],"byte_fallback""#)).lowerBound
    let kept = try #require(whole[start..<end].range(of: #"],["a""#)?.lowerBound)
    let sound = Array((whole[..<kept] + whole[end...]).utf8)
    var loaded = 0
    for _ in 0..<count {
      guard
        let file = try? TokenizerFile(mutations.damaged(sound), name: "tokenizer.json"),
        let tokenizer = try? file.unigramTokenizer()
      else { continue }
      loaded += 1
      let encoding = tokenizer.encode(sample, pair: sample, maximumLength: 24)
      #expect(encoding.ids.count == encoding.offsets.count)
      _ = tokenizer.decode(encoding.ids)
    }
    #expect(loaded > count / 100 && loaded < count, "\(loaded)")
  }
}
