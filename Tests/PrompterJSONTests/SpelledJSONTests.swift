// SPDX-License-Identifier: Apache-2.0

import PrompterJSON
import Testing

@Suite struct SpelledJSONTests {
  private func value(_ text: String) throws -> SpelledJSON { try SpelledJSON(Array(text.utf8)) }

  @Test(arguments: [
    "0", "-0", "1.0", "1e5", "1E+400", "12345678901234567890", "-0.10", "1e-07",
  ])
  func `a number is given back as it came`(number: String) throws {
    #expect(try value(" \(number)\n").spelling == number)
    #expect(try value(number).kind == .number)
  }

  @Test(arguments: ["", "01", "+1", "1.", ".5", "1e", "-", "--1", "nul", "tru", "0x1", "1 2", "]"])
  func `what is no value is refused`(text: String) {
    #expect(throws: JSONScanner.Failure.self) { try value(text) }
    #expect(throws: JSONScanner.Failure.self) { try value("[\(text) , 1]") }
  }

  @Test(arguments: ["{\"a\":1,}", "{\"a\" 1}", "{a:1}", "[1,]", "[1 2]", "{\"a\":1]", "[\"a\n\"]"])
  func `what is ill-formed anywhere is refused`(text: String) {
    #expect(throws: JSONScanner.Failure.self) { try value(text) }
    #expect(throws: JSONScanner.Failure.self) { try value("{\"x\": [\(text)]}") }
  }

  @Test func `members are in the order of the text, equal keys included`() throws {
    let members = try #require(value(#"{"b": 1, "a": [true, {"c": null}], "b": "x"}"#).members)
    #expect(members.map(\.key) == ["b", "a", "b"])
    #expect(members.map(\.value.spelling) == ["1", #"[true, {"c": null}]"#, #""x""#])
    #expect(members[1].value.elements?.map(\.kind) == [.bool, .object])
    #expect(members[1].value.elements?.first?.bool == true)
    #expect(members[0].value.integer == 1 && members[2].value.string == "x")
  }

  @Test(arguments: [
    (#""a\ud83d""#, "a\u{FFFD}"), (#""\ude00b""#, "\u{FFFD}b"),
    (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
    (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""\ud83d\n""#, "\u{FFFD}\n"), (#""\ud83d\ude00""#, "😀"),
  ])
  func `half of a surrogate pair becomes a replacement character`(
    text: String, string: String
  ) throws {
    #expect(try value(text).string == string)
    #expect(try (value(text).wellFormedString == nil) == string.contains("\u{FFFD}"))
    #expect(try value("{\(text): \(text)}").members?.first?.key == string)
  }

  @Test func `bytes that are not UTF-8 become replacement characters`() throws {
    let read = try SpelledJSON([0x22, 0x61, 0xE9, 0x22])
    #expect(read.string == "a\u{FFFD}")
  }

  @Test(arguments: ["NaN", "Infinity", "-Infinity", "null"])
  func `words for numbers that are none count as null`(word: String) throws {
    #expect(try value("[\(word)]").elements?.first?.kind == .null)
  }

  @Test func `nesting of any depth is gone past`() throws {
    let deep = String(repeating: "[", count: 200_000) + String(repeating: "]", count: 200_000)
    #expect(try value("{\"a\": \(deep), \"b\": 1}").members?.last?.value.integer == 1)
    #expect(throws: JSONScanner.Failure.self) {
      try value(String(repeating: "[{\"a\":", count: 99_999))
    }
  }
}
