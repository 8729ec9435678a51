// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterJSON
import Testing

@testable import PrompterCLI

@Suite struct OutputTests {
  @Test func `columns of a table stand in line`() {
    var table = Table([("Label", .left), ("Share", .right)])
    table.add(["positive", "5.0 %"])
    table.add(["日本", "12.5 %"])
    table.add(["none"])
    #expect(
      table.text == """
        Label      Share
        positive   5.0 %
        日本      12.5 %
        none
        """)
  }

  @Test func `names and values have no header`() {
    #expect(
      Table.pairs([("Method", "head-only"), ("Time", "")]).lines == [
        "Method  head-only", "Time",
      ])
  }

  @Test(arguments: [
    (0.5, 4, "0.5000"), (-0.25, 1, "-0.3"), (1234.5678, 2, "1234.57"), (-0.001, 2, "0.00"),
    (9.999, 2, "10.00"), (7, 0, "7"), (0.05, 3, "0.050"), (.infinity, 2, "inf"),
  ])
  func `numbers have fixed decimals`(_ value: Double, _ decimals: Int, _ text: String) {
    #expect(Text.fixed(value, decimals) == text)
  }

  @Test func `counts, times and sizes are readable`() {
    #expect(
      [0, 999, 1000, 22_713_216, -4321].map(Text.count) == [
        "0", "999", "1,000", "22,713,216", "-4,321",
      ])
    #expect(
      [0.4, 59.6, 65, 3600, 7384, .infinity].map(Text.duration) == [
        "0s", "1m 00s", "1m 05s", "1h 00m", "2h 03m", "?",
      ])
    #expect([0.123, 9.5, 61].map(Text.time) == ["0.12s", "9.50s", "1m 01s"])
    #expect(
      [12, 1_500, 2_340_000, 5_000_000_000].map(Text.bytes) == [
        "12 B", "2 kB", "2.3 MB", "5.00 GB",
      ])
    #expect(Text.percent(0.0314) == "3.14 %")
    #expect(Text.percent(0.5) == "50.0 %")
  }

  @Test func `texts are clipped and cannot steer the terminal`() {
    #expect(Text.clipped("abcdef", to: 6) == "abcdef")
    #expect(Text.clipped("abcdefg", to: 6) == "abcde…")
    #expect(Text.clipped("日本語", to: 5) == "日本…")
    #expect(Text.clipped("a\u{1B}[2Jb\nc\r\nd", to: 20) == "a [2Jb c d")
  }

  @Test func `cells have neither line ends nor escape codes`() {
    var table = Table([("La\u{1B}[2Jbel", .left)])
    table.add(["a\nb\u{9B}m\u{202E}"])
    #expect(table.lines == [#"La\u001b[2Jbel"#, #"a\nb\u009bm\u202e"#])
    #expect(JSONValue.string("\u{9B}\u{202E}").line == #""\u009b\u202e""#)
  }

  @Test func `a sentence stays one of few bytes, whatever stands in it`() {
    #expect(Sentence.shown("a b.") == "a b.")
    #expect(Sentence.shown("a\nb\u{1B}.") == #"a\nb\u001b."#)
    let path = "/" + String(repeating: "é", count: 2_000)
    let sentence = Sentence.shown("prompter: \(path): no such file.")
    #expect(sentence.hasPrefix("prompter: /éé") && sentence.hasSuffix("éé: no such file."))
    #expect(sentence.contains("é…é") && sentence.utf8.count < 200)
    let label = String(repeating: "many words ", count: 100_000)
    let long = Sentence.shown("The label `\(label)` is none of the task's.")
    #expect(long.hasPrefix("The label `many") && long.hasSuffix("is none of the task's."))
    #expect(long.utf8.count <= Sentence.longest)
  }

  @Test func `JSON keeps its order on one line`() {
    let value: JSONValue = [
      "b": .integer(1), "a": ["x": .null, "y": .bool(true)],
      "c": .array([.number(0.5), .number(1), .number(.nan), .string("q\"\\\n\u{1}\u{2028}é")]),
    ]
    #expect(
      value.line
        == #"{"b":1,"a":{"x":null,"y":true},"c":[0.5,1.0,null,"q\"\\\n\u0001\u2028é"]}"#)
  }

  @Test func `JSON is what Foundation reads`() throws {
    let text = String(String.UnicodeScalarView((1...0x2100).compactMap { Unicode.Scalar($0) }))
    let value: JSONValue = ["text": .string(text), "scores": JSONValue(["f1": 1e-7, "a": 1e300])]
    let read = try JSONSerialization.jsonObject(with: Data(value.line.utf8)) as? [String: Any]
    let object = try #require(read)
    #expect((object["text"] as? String)?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
    #expect(object["scores"] as? [String: Double] == ["f1": 1e-7, "a": 1e300])
  }

  @Test(arguments: [
    "7", "\"seven\"", "true", "null", "2.5", "1.0", "1e5", "-0", "12345678901234567890", "1E400",
    "0.10", "\"007\"", #""half \ud83d""#,
  ])
  func `identifiers are given back as they are`(_ text: String) throws {
    let value = try #require(JSONValue(identifying: SpelledJSON(Array(text.utf8))))
    #expect(value.line == text)
  }

  @Test(arguments: ["[1]", "{}", "[]"])
  func `lists and objects identify nothing`(_ text: String) throws {
    #expect(try JSONValue(identifying: SpelledJSON(Array(text.utf8))) == nil)
  }
}
