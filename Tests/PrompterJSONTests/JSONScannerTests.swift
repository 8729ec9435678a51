// SPDX-License-Identifier: Apache-2.0

import PrompterJSON
import Testing

@Suite struct JSONScannerTests {
  private func scanner(_ text: String) -> JSONScanner {
    JSONScanner(Array(text.utf8))
  }

  @Test func `the parts of an object come in turn, equal keys too`() throws {
    let text = " { \"a\" : \"1\" ,\n\t\"b\":[ \"2\",\"3\" ],\"a\":{}\r} "
    var scanner = scanner(text)
    var parts: [String] = []
    try scanner.object { key, scanner in
      parts.append(key)
      switch parts.count {
      case 1: parts.append(try scanner.string())
      case 3: try scanner.array { parts.append(try $0.string()) }
      default: try scanner.object { _, _ in Issue.record("The object is empty.") }
      }
    }
    #expect(parts == ["a", "1", "b", "2", "3", "a"])
    try scanner.end()
    #expect(scanner.next == nil)
    #expect(scanner.position == text.utf8.count)
  }

  @Test func `bytes are read one by one`() throws {
    var scanner = scanner("[ 1,23]")
    var digits: [[UInt8]] = []
    try scanner.array { scanner in
      scanner.skipSpace()
      digits.append([])
      while let byte = scanner.next, 0x30...0x39 ~= byte {
        digits[digits.count - 1].append(byte)
        scanner.advance()
      }
    }
    #expect(digits == [Array("1".utf8), Array("23".utf8)])
  }

  @Test(
    arguments: [
      ("", 0, nil, .character("{")), (" [", 1, "[", .character("{")),
      ("{", 1, nil, .character("\"")),
      ("{ ,", 2, ",", .character("\"")), ("{\"a\" \"", 5, "\"", .character(":")),
      ("{\"a\":\"\"", 7, nil, .character("}")), ("{\"a\":\"\", }", 9, "}", .character("\"")),
      ("{\"a\":\"\" ]", 8, "]", .character("}")), ("{} 1", 3, "1", .end),
    ] as [(String, Int, Unicode.Scalar?, JSONScanner.Expected)])
  func `what is not as it should be is said with its place`(
    text: String, position: Int, found: Unicode.Scalar?, expected: JSONScanner.Expected
  ) {
    var scanner = scanner(text)
    let failure = #expect(throws: JSONScanner.Failure.self) {
      try scanner.object { _, scanner in _ = try scanner.string() }
      try scanner.end()
    }
    #expect(failure?.position == position)
    #expect(failure?.found == found.map { UInt8(ascii: $0) })
    #expect(failure?.expected == expected)
  }

  @Test func `a reader's own failure is at the next byte`() {
    var scanner = scanner("ab")
    scanner.advance()
    let failure = scanner.failure(.words("another"))
    #expect(failure.position == 1)
    #expect(failure.found == UInt8(ascii: "b"))
    #expect(failure.expected == .words("another"))
  }
}
