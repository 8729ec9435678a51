// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTokenizer

@Suite struct EncodingLimitsTests {
  private static func tokens(_ count: Int) -> [Token] {
    (0..<Int32(count)).map { Token(id: 10 + $0, word: $0, start: 0, end: 0) }
  }

  @Test func `limits are those of the template and of all ids`() {
    var template = SequenceTemplate.bert(cls: 101, sep: 7)
    #expect(
      template.limits(largestID: 50)
        == EncodingLimits(
          id: 101, segment: 0, pairSegment: 1, specialCount: 2, pairSpecialCount: 3))
    template.single.append(.special(ids: [1, 2], segment: 6))
    #expect(template.limits(largestID: 500).id == 500)
    #expect(template.limits(largestID: 50).segment == 6)
    #expect(template.limits(largestID: 50).specialCount == 4)
  }

  @Test func `bytes and sentinels have the ids that they have`() throws {
    #expect(ByteTokenizer().limits.id == 383)
    #expect(ByteTokenizer(sentinelCount: 0).limits.id == 258)
    #expect(ByteTokenizer().limits.specialCount == 1)
  }

  @Test func `a piece given twice has the larger id`() throws {
    let vocabulary = "[UNK]\n[CLS]\n[SEP]\nfilm\nfilm\n"
    let tokenizer = try WordPieceTokenizer(
      vocabularyFile: Array(vocabulary.utf8), name: "vocab.txt", settings: .none)
    #expect(tokenizer.vocabularyCount == 4 && tokenizer.limits.id == 4)
  }

  @Test func `a text that a template has twice is cut so that both fit`() {
    let piece = SequenceTemplate.Piece.text(segment: 0)
    let template = SequenceTemplate(
      single: [.special(ids: [1], segment: 0), piece, piece],
      pair: [piece, .pair(segment: 1), .pair(segment: 1), .pair(segment: 1)])
    let short = template.encoding(Self.tokens(3), pair: nil, maximumLength: 8)
    #expect(short.ids == [1, 10, 11, 12, 10, 11, 12] && short.truncatedCount == 0)
    let long = template.encoding(Self.tokens(40), pair: nil, maximumLength: 8)
    #expect(long.ids == [1, 10, 11, 12, 10, 11, 12] && long.truncatedCount == 37)
    for room in 0..<20 {
      let both = template.encoding(Self.tokens(5), pair: Self.tokens(9), maximumLength: room)
      #expect(both.ids.count <= room)
    }
  }
}
