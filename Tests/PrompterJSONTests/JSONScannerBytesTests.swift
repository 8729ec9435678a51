// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterJSON

@Suite struct JSONScannerBytesTests {
  private func string(_ text: String) throws -> [UInt8] {
    var scanner = JSONScanner(Array(text.utf8))
    var bytes: [UInt8] = [7]
    try scanner.string(into: &bytes)
    try scanner.end()
    return Array(bytes.dropFirst())
  }

  private func plainString(_ text: String) throws -> [UInt8] {
    var scanner = JSONScanner(Array(text.utf8))
    return Array(try scanner.string().utf8)
  }

  @Test(arguments: [#""""#, #""abc""#, #" "a\"\\\n\u00e9\ud83d\ude00é😀""#, #""\u0120dog""#])
  func `bytes are those of the string`(text: String) throws {
    #expect(try string(text) == plainString(text))
  }

  @Test(arguments: ["abc", #""abc"#, #""\x""#, "\"a\nb\"", #""\ud800""#])
  func `what is no string is refused where the string itself is`(text: String) {
    let expected = #expect(throws: JSONScanner.Failure.self) { try plainString(text) }
    let found = #expect(throws: JSONScanner.Failure.self) { try string(text) }
    #expect(found == expected)
  }

  @Test func `strings of many combining marks are refused where they are to be`() {
    let text = "\"a" + String(repeating: "\u{301}", count: 31) + "\""
    #expect(throws: JSONScanner.Failure.self) {
      var scanner = JSONScanner(Array(text.utf8), requiresStreamSafeText: true)
      var bytes: [UInt8] = []
      try scanner.string(into: &bytes)
    }
  }

  @Test(
    arguments: [
      ("0,", 0), (" 17 ", 17), ("2147483647}", .max), ("2147483648,", nil), ("01,", nil),
      ("-1,", nil),
      ("1.5,", nil), ("1", nil), ("", nil), ("12345678901,", nil), ("x", nil),
    ] as [(String, Int32?)])
  func `an index is a whole number that something follows`(text: String, expected: Int32?) {
    var scanner = JSONScanner(Array(text.utf8))
    let index = scanner.index()
    #expect(index == expected)
  }

  @Test func `a table is read without a string for each key`() throws {
    var scanner = JSONScanner(Array(#"{"a": 1, "b" : 2}"#.utf8))
    var keys: [UInt8] = []
    var values: [Int32] = []
    try scanner.table {
      try $0.string(into: &keys)
    } value: {
      values.append($0.index() ?? -1)
    }
    #expect(keys == Array("ab".utf8))
    #expect(values == [1, 2])
    #expect(scanner.remaining == 0)
  }
}
