// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTokenizer

@Suite struct OffsetTrimmingTests {
  private func trimmed(
    _ piece: String, _ range: Range<Int32>, keepsPrefixSpace: Bool, isFirst: Bool = true
  ) -> Range<Int32> {
    let token = Token(id: 1, word: 0, start: range.lowerBound, end: range.upperBound)
    let before = Token(id: 0, word: 0, start: 0, end: 1)
    let tokens = OffsetTrimming(keepsPrefixSpace: keepsPrefixSpace)
      .trimmed((isFirst ? [token] : [before, token])[...]) { id in
        id == 0 ? (0, 0) : OffsetTrimming.blanks(of: Array(piece.utf8)[...])
      }
    return tokens.last.map { $0.start..<$0.end } ?? 0..<0
  }

  @Test func `a blank before a word is none of its text`() {
    #expect(trimmed("Ġdog", 3..<7, keepsPrefixSpace: false) == 4..<7)
    #expect(trimmed("Ġdog", 3..<7, keepsPrefixSpace: true, isFirst: false) == 4..<7)
    #expect(trimmed("ĠĠ", 3..<5, keepsPrefixSpace: false) == 5..<5)
    #expect(trimmed("a\u{3000}", 3..<5, keepsPrefixSpace: false) == 3..<4)
  }

  @Test func `a single blank that was put before a text takes nothing away`() {
    #expect(trimmed("Ġdog", 0..<3, keepsPrefixSpace: true) == 0..<3)
    #expect(trimmed("Ġdog", 3..<7, keepsPrefixSpace: true) == 3..<7)
    #expect(trimmed("Ġdog", 0..<3, keepsPrefixSpace: true, isFirst: false) == 0..<3)
    #expect(trimmed("ĠĠdog", 0..<5, keepsPrefixSpace: true) == 2..<5)
  }

  @Test(arguments: [
    ("dog", 0, 0), ("Ġ", 1, 1), ("Ġa Ġ", 1, 2), ("\u{A0}é\u{2028}", 1, 1), ("\t\nx", 2, 0),
    ("", 0, 0), ("\u{200B}", 0, 0), ("中\u{3000}文", 0, 0), ("ġ", 0, 0),
  ])
  func `blanks are white space and the sign of a space`(piece: String, leading: Int, trailing: Int)
  {
    #expect(OffsetTrimming.blanks(of: Array(piece.utf8)[...]) == (leading, trailing))
  }
}
