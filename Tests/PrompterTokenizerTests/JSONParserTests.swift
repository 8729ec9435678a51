// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTokenizer

@Suite struct JSONParserTests {
  private func parse(_ text: String) throws -> JSON {
    try JSONParser.parse(Array(text.utf8), file: "test.json")
  }

  @Test func `values of every kind are read`() throws {
    let value = try parse(#" { "a" : [1, -20, 2.5e1, true, false, null, "x"], "b": {} } "#)
    let elements = try #require(value["a"]?.array)
    #expect(elements.map(\.summary) == ["1", "-20", "25.0", "true", "false", "null", "\"x\""])
    #expect(value["b"]?.summary == "an object of 0")
    #expect(value["c"] == nil)
  }

  @Test func `escapes and surrogate pairs are undone`() throws {
    let text = try parse(#""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00 é😀""#).string
    #expect(text == "\"\\/\u{8}\u{C}\n\r\t\u{E9}\u{1F600} é😀")
  }

  @Test func `keys that are canonically equivalent stay apart, and the last of equals holds`()
    throws
  {
    let value = try parse("{\"\u{E9}\": 1, \"e\u{301}\": 2, \"a\": 3, \"a\": 4}")
    #expect(value["\u{E9}"]?.integer == 1)
    #expect(value["e\u{301}"]?.integer == 2)
    #expect(value["a"]?.integer == 4)
  }

  @Test(arguments: [
    "", "{", "[", "\"", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "tru", "nul", "-", "1-2",
    "+1",
    "1.2.3", "\"\\x\"", "\"\\u12\"", "\"\\uD800\"", "\"\\uD800\\u0041\"", "\"\\uDC00\"",
    "\"\u{1}\"",
    "1 2", "]", "\"\\",
  ])
  func `ill-formed text is refused with its place`(text: String) {
    #expect(throws: TokenizerError.self) { try parse(text) }
  }

  @Test func `ill-formed bytes and deep nesting are refused`() {
    #expect(throws: TokenizerError.self) {
      try JSONParser.parse([0x22, 0xFF, 0x22], file: "test.json")
    }
    #expect(throws: TokenizerError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
  }
}
