// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct TextWordsTests {
  @Test(
    arguments: [
      ("John lives in Paris.", "John|lives|in|Paris|."),
      (" (\"U.S. trade,\" J. Smith said.) ", "(|\"|U.S.|trade|,|\"|J.|Smith|said|.|)"),
      ("Rome's 1-2 win... isn't 5%", "Rome|'s|1-2|win|.|.|.|isn't|5%"),
      ("東京は x東y", "東|京|は|x|東|y"), ("a\u{A0}b\nc", "a|b|c"), ("", ""), (" . ", "."),
      ("e\u{301}te\u{301}, 😀!", "e\u{301}te\u{301}|,|😀|!"), ("'s", "'|s"),
    ])
  func `a text is cut about as CoNLL's files are`(text: String, words: String) {
    let scalars = Array(text.unicodeScalars)
    let found = TextWords.ranges(in: text).map { range in
      range.reduce(into: "") { $0.unicodeScalars.append(scalars[$1]) }
    }
    #expect(found == words.split(separator: "|").map(String.init))
  }
}
