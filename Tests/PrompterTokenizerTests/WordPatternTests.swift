// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTokenizer

/// What the regular expressions of `tokenizers` 0.23.3 cut.
@Suite struct WordPatternTests {
  private func words(_ text: String, _ pattern: WordPattern) -> [String] {
    let scalars = Array(text.unicodeScalars)
    var words: [Range<Int>] = []
    pattern.appendWords(of: scalars, 0..<scalars.count, to: &words)
    return words.map { String(String.UnicodeScalarView(scalars[$0])) }
  }

  @Test(arguments: [
    (
      "I'll  say 'sam's' 12345 €5!\n\n x\t",
      [
        "I", "'ll", " ", " say", " '", "sam", "'s", "'", " 12345", " €", "5", "!", "\n\n", " x",
        "\t",
      ]
    ),
    (
      "DON'T 're a\u{A0}b  \u{3000}c \r\n\n ?!\n\nx ①२",
      [
        "DON", "'", "T", " '", "re", " a", "\u{A0}", "b", "  ", "\u{3000}", "c", " \r\n\n", " ?!",
        "\n", "\n", "x", " ①२",
      ]
    ),
    ("  a", [" ", " a"]), (" '", [" '"]), ("x \n", ["x", " \n"]), ("", []),
    ("e\u{301}'d", ["e", "\u{301}'", "d"]),
  ])
  func `GPT-2's words`(text: String, expected: [String]) {
    #expect(words(text, .gpt2).map { Array($0.utf8) } == expected.map { Array($0.utf8) })
  }

  @Test(arguments: [
    (
      "I'll  say 'sam's' 12345 €5!\n\n x\t",
      [
        "I", "'ll", " ", " say", " '", "sam", "'s", "'", " ", "123", "45", " €", "5", "!\n\n", " x",
        "\t",
      ]
    ),
    (
      "DON'T'\u{17F} a\u{A0}b  \u{3000}c \r\n\n ?!\n\nx ①२",
      [
        "DON", "'T", "'\u{17F}", " a", "\u{A0}b", "  ", "\u{3000}c", " \r\n\n", " ?!\n\n", "x",
        " ", "①२",
      ]
    ),
    ("  a", [" ", " a"]), (" '", [" '"]), ("x \n", ["x", " \n"]), ("", []),
  ])
  func `GPT-4's words`(text: String, expected: [String]) {
    #expect(words(text, .gpt4(digits: 3)).map { Array($0.utf8) } == expected.map { Array($0.utf8) })
  }

  @Test func `numbers of any script go one by one where the expression says so`() {
    #expect(words("12२", .gpt4(digits: 1)) == ["1", "2", "२"])
  }

  @Test func `letters are those of Unicode 16`() {
    let kinds = LetterKind.Table()
    // The second came with Unicode 17.
    #expect(kinds["\u{1C89}"] == .letter)
    #expect(kinds["\u{A7D2}"] == .other)
    #expect(kinds["\u{10D40}"] == .number)
    #expect(kinds["\u{200B}"] == .other)
    #expect(kinds["\u{85}"] == .space)
  }
}
