// SPDX-License-Identifier: Apache-2.0

import PrompterJSON
import Testing

@Suite struct JSONParsingTests {
  private func parse(_ text: String) throws -> JSON {
    try JSON(Array(text.utf8))
  }

  @Test func `values of every kind are read`() throws {
    let value = try parse(#" { "a" : [1, -20, 2.5e1, true, false, null, "x"], "b": {} } "#)
    let elements = try #require(value["a"]?.array)
    #expect(elements.map(\.summary) == ["1", "-20", "25.0", "true", "false", "null", "\"x\""])
    #expect(value["b"]?.summary == "an object of 0")
    #expect(value["c"] == nil)
  }

  @Test func `a byte order mark is skipped and counted`() throws {
    #expect(try parse("\u{FEFF} 7").integer == 7)
    let failure = #expect(throws: JSONScanner.Failure.self) { try parse("\u{FEFF}7 ]") }
    #expect(failure?.position == 5)
  }

  @Test func `whole numbers are exact as far as there are types for them`() throws {
    #expect(try parse("-99999999999999999").integer == -99_999_999_999_999_999)
    #expect(try parse("9223372036854775807").integer == Int.max)
    #expect(try parse("-9223372036854775808").integer == Int.min)
    #expect(try parse("18446744073709551615").decode(UInt64.self) == UInt64.max)
    #expect(try parse("18446744073709551615").summary == "18446744073709551615")
    #expect(try parse("18446744073709551616").summary == "1.8446744073709552e+19")
  }

  @Test func `what Python writes for numbers that are none is read where it is allowed`() throws {
    let text = Array("[NaN, Infinity, -Infinity, -1]".utf8)
    #expect(throws: JSONScanner.Failure.self) { try JSON(text) }
    let values = try JSON(text, allowsNonFinite: true).array ?? []
    #expect(values.map(\.summary) == ["nan", "inf", "-inf", "-1"])
  }

  @Test(arguments: [
    "", "{", "[", "\"", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "tru", "nul", "-", "1-2",
    "+1",
    "1.2.3", "\"\\x\"", "\"\\u12\"", "\"\\uD800\"", "\"\\uD800\\u0041\"", "\"\\uDC00\"",
    "\"\u{1}\"",
    "01", "-007", "1.", "1.e5", ".5", "-.5", "1e", "1e+", "NaN", "Infinity", "-Infinity",
    "1 2", "]", "\"\\",
  ])
  func `ill-formed text is refused with its place`(text: String) {
    #expect(throws: JSONScanner.Failure.self) { try parse(text) }
  }

  @Test(
    arguments: [
      ("", 0, nil, "a value"), (" ]", 1, "]", "a value"), ("1-2", 3, nil, "a number"),
      ("[+1]", 3, "]", "a number"), ("[1.2.3 ]", 6, " ", "a number"),
    ] as [(String, Int, Unicode.Scalar?, String)])
  func `what is wrong with a value is said`(
    text: String, position: Int, found: Unicode.Scalar?, expected: String
  ) {
    let failure = #expect(throws: JSONScanner.Failure.self) { try parse(text) }
    #expect(failure?.position == position)
    #expect(failure?.found == found.map { UInt8(ascii: $0) })
    #expect(failure?.expected == .words(expected))
  }

  @Test func `a word is one`() {
    let failure = #expect(throws: JSONScanner.Failure.self) { try parse("[tr ue]") }
    #expect(failure?.position == 3)
    #expect(failure?.expected == .character("u"))
  }

  @Test func `ill-formed bytes and deep nesting are refused`() throws {
    #expect(throws: JSONScanner.Failure.self) { try JSON([0x22, 0xFF, 0x22]) }
    #expect(throws: JSONScanner.Failure.self) {
      try parse(String(repeating: "[", count: 1_000_000))
    }
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(try parse(nested(JSON.maximumDepth)).array?.count == 1)
    let failure = #expect(throws: JSONScanner.Failure.self) {
      try parse(nested(JSON.maximumDepth + 1))
    }
    #expect(failure?.position == 128)
    #expect(failure?.expected == .words("at most 128 levels of nesting"))
  }
}
