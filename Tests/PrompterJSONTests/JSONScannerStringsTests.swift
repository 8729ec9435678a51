// SPDX-License-Identifier: Apache-2.0

import PrompterJSON
import Testing

@Suite struct JSONScannerStringsTests {
  private func string(_ bytes: [UInt8]) throws -> String {
    var scanner = JSONScanner(bytes)
    return try scanner.string()
  }

  @Test func `escapes and surrogate pairs are undone`() throws {
    let text = try string(Array(#""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00 é😀""#.utf8))
    #expect(text == "\"\\/\u{8}\u{C}\n\r\t\u{E9}\u{1F600} é😀")
  }

  @Test func `every character is read, as it is and as an escape`() throws {
    for value in UInt32(0)...0x10FFFF where value < 0x3000 || value % 97 == 0 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let escaped = String(scalar).utf16.flatMap { unit in
        let digits = String(unit, radix: 16)
        return Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
      }
      #expect(try string([0x22] + escaped + [0x22]) == String(scalar))
      guard value >= 0x20, scalar != "\"", scalar != "\\" else { continue }
      #expect(try string([0x22] + String(scalar).utf8 + [0x22]) == String(scalar))
    }
  }

  @Test(
    arguments: [
      ("a", 0, "a", .character("\"")), ("\"a", 2, nil, .character("\"")),
      ("\"\\n", 3, nil, .character("\"")), ("\"\\q\"", 2, "q", .escape), ("\"\\", 2, nil, .escape),
      ("\"a\n\"", 2, "\n", .words("no control character in a string")),
      ("\"\\t\n\"", 3, "\n", .words("no control character in a string")),
      ("\"\\u12g4\"", 5, "g", .words("four hexadecimal digits")),
      ("\"\\u123", 6, nil, .words("four hexadecimal digits")),
      ("\"\\u12\u{E9}4\"", 5, nil, .words("four hexadecimal digits")),
      ("\"\\ud800\"", 7, "\"", .surrogatePair), ("\"\\ud800\\n\"", 8, "n", .surrogatePair),
      ("\"\\ud800\\u0041\"", 13, "\"", .surrogatePair), ("\"\\udc00\"", 7, "\"", .surrogatePair),
    ] as [(String, Int, Unicode.Scalar?, JSONScanner.Expected)])
  func `an ill-formed string is refused with its place`(
    text: String, position: Int, found: Unicode.Scalar?, expected: JSONScanner.Expected
  ) {
    let bytes = Array(text.utf8)
    let failure = #expect(throws: JSONScanner.Failure.self) { try string(bytes) }
    #expect(failure?.position == position)
    #expect(failure?.found == (position < bytes.count ? bytes[position] : nil))
    if let found { #expect(failure?.found == UInt8(ascii: found)) }
    #expect(failure?.expected == expected)
  }

  @Test(arguments: [[0xFF], [0x61, 0xC3], [0xED, 0xA0, 0x80], [0x5C, 0x6E, 0xFF]] as [[UInt8]])
  func `bytes that are not UTF-8 are refused where the string begins`(bytes: [UInt8]) {
    let failure = #expect(throws: JSONScanner.Failure.self) {
      try string([0x20, 0x22] + bytes + [0x22])
    }
    #expect(failure?.position == 2)
    #expect(failure?.expected == .utf8)
  }

  @Test(arguments: ["\u{301}\u{316}", "\\u0301\\u0316"])
  func `more combining marks than any language has are refused where names are read`(
    pair: String
  ) throws {
    func read(_ count: Int, safe: Bool) throws -> String {
      let text = "\"a" + String(repeating: pair, count: count) + "\""
      var scanner = JSONScanner(Array(text.utf8), requiresStreamSafeText: safe)
      return try scanner.string()
    }
    #expect(try read(15, safe: true).unicodeScalars.count == 31)
    #expect(try read(500_000, safe: false).unicodeScalars.count == 1_000_001)
    for count in [16, 500_000] {
      let failure = #expect(throws: JSONScanner.Failure.self) { try read(count, safe: true) }
      #expect(failure?.position == 1)
      #expect(failure?.expected == .words("a string with at most 30 combining marks in a row"))
    }
  }
}
