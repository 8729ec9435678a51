// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTokenizer

@Suite struct PieceCountsTests {
  @Test func `special tokens count for nothing and unknown words for one piece each`() throws {
    let tokenizer = try Fixture.tokenizer("tokenizer.json")
    var counts = PieceCounts(of: tokenizer)
    #expect(counts.unknownShare == 0)
    counts.add(tokenizer.encode("", pair: nil, maximumLength: .max))
    #expect(counts.total == 0)
    let unknown = try #require(tokenizer.unknownID)
    #expect(tokenizer.piece(of: unknown) == "[UNK]")
    let encoding = tokenizer.encode(
      "the \u{16A0}\u{16A1} of", pair: "\u{16A2}", maximumLength: .max)
    counts.add(encoding)
    #expect(counts.total == encoding.words.count { $0 != nil })
    #expect(counts.unknown == encoding.ids.count { $0 == unknown })
    #expect(counts.unknown == 2)
    #expect(counts.unknownShare == 2 / Double(counts.total))
  }

  @Test func `bytes are never unknown`() throws {
    let tokenizer = ByteTokenizer()
    var counts = PieceCounts(of: tokenizer)
    counts.add(tokenizer.encode("\u{16A0}", pair: nil, maximumLength: .max))
    #expect(counts.unknown == 0)
    #expect(counts.total == 3)
  }
}
