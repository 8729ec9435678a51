// SPDX-License-Identifier: Apache-2.0

import PrompterJSON
import Testing

@testable import PrompterTokenizer

@Suite struct JSONFileTests {
  @Test(arguments: [
    ("{\"a\" 1}", "byte 5: found '1', expected ':'"),
    ("[\"a\n\"]", "byte 3: found byte 10, expected no control character in a string"),
    ("[", "byte 1: found the end of the file, expected a value"),
    ("[tru]", "byte 4: found ']', expected 'e'"),
    ("[\"\\x\"]", "byte 3: found 'x', expected an escape sequence"),
    ("[\"\\u12\"]", "byte 6: found '\"', expected four hexadecimal digits"),
    ("[\"\\ud800\"]", "byte 8: found '\"', expected both halves of a surrogate pair"),
    ("{} {}", "byte 3: found '{', expected nothing more"),
    (
      String(repeating: "[", count: 129),
      "byte 128: found '[', expected at most 128 levels of nesting"
    ),
  ])
  func `an ill-formed file is refused in a sentence`(text: String, sentence: String) {
    let error = #expect(throws: TokenizerError.self) {
      try JSON(file: Array(text.utf8), name: "test.json")
    }
    #expect(error?.description == "test.json, \(sentence).")
  }

  @Test func `a string that is not UTF-8 is refused by its byte`() {
    #expect(
      throws: TokenizerError.malformed(
        file: "test.json", place: "byte 2", found: "a string with ill-formed bytes",
        expected: "UTF-8")
    ) {
      try JSON(file: [0x5B, 0x22, 0xFF, 0x22, 0x5D], name: "test.json")
    }
  }
}
