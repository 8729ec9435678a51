// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct JSONExamplesTests {
  @Test func `objects are read line by line, blank lines skipped`() throws {
    let text =
      "\u{FEFF}{\"label\":\"x\",\"text\":\"a\\u00e9\\n\"}\r\n\n{\"text\":\"b\",\"label\":\"y\"}"
    #expect(
      try examples(of: text, as: .jsonLines) == [
        Example(text: "aé\n", label: "x", line: 1), Example(text: "b", label: "y", line: 3),
      ])
  }

  @Test(arguments: [
    ("0", "0"), ("-7", "-7"), ("1.0", "1.0"), ("0.5", "0.5"), ("true", "true"), ("false", "false"),
    ("\"entailment\"", "entailment"), ("\"1\"", "1"), ("1e5", "1e5"),
    ("12345678901234567890", "12345678901234567890"),
  ])
  func `labels of any simple type are taken as they are spelled`(written: String, spelled: String)
    throws
  {
    for first in ["\"s\"", "1", "0.5", "true", written] {
      let text = "{\"text\":\"a\",\"label\":\(first)}\n{\"text\":\"b\",\"label\":\(written)}"
      #expect(try examples(of: text, as: .jsonLines).last?.label == spelled)
    }
  }

  @Test func `a label that is null or missing counts as none`() throws {
    let text = "{\"text\":\"a\",\"label\":null}\n{\"text\":\"b\"}\n{\"text\":\"c\",\"label\":1}"
    let read = try examples(of: text, as: .jsonLines, requireLabels: false)
    #expect(read.map(\.label) == [nil, nil, "1"])
    #expect(
      complaint(about: text, as: .jsonLines)
        == "data, line 1 has no label, and one is needed here.")
  }

  @Test func `a whole file may be one array, and lines are still known`() throws {
    let text = """
      [
        {"text": "a, ]}[{ \\"\\\\", "label": 1},

        {"text": "b",
         "more": [[1, 2], {"x": "]"}], "label": 0}, {"text": "c", "label": 1}
      ]
      """
    #expect(
      try examples(of: text, as: .json) == [
        Example(text: "a, ]}[{ \"\\", label: "1", line: 2),
        Example(text: "b", label: "0", line: 4), Example(text: "c", label: "1", line: 5),
      ])
  }

  @Test func `a json file may hold one object a line`() throws {
    let text = "{\"text\":\"a\",\"label\":1}\n{\"text\":\"b\",\"label\":1}\n"
    #expect(try examples(of: text, as: .json).map(\.line) == [1, 2])
  }

  @Test(arguments: ["", "  \n", "[]", "\n[ \n ]\n"])
  func `nothing is no examples`(text: String) {
    #expect(complaint(about: text, as: .json) == "data holds no examples.")
  }

  @Test(arguments: [
    (
      "{\"text\":\"a\",\"label\":1}\n{\"text\":",
      "line 2 is not a JSON object: its syntax is wrong: it ends too early."
    ),
    ("[1]", "line 1 is not a JSON object: it is another kind of value."),
    (
      "[{\"text\":\"a\",\"label\":1},\n]",
      "line 2 is not a JSON object: its syntax is wrong: it ends too early."
    ),
    ("[{\"text\":\"a\",\"label\":1}\n", "line 1 is not a JSON object: the array does not end."),
    ("[{\"text\":\"a\",\"label\":1}]\n[]", "line 1 is not a JSON object: text follows the array."),
    ("[,]", "line 1 is not a JSON object: its syntax is wrong: it ends too early."),
    (
      "{\"text\" \"a\"}",
      "line 1 is not a JSON object: its syntax is wrong: a : should stand before \"."
    ),
    (
      "{\"text\":\"a\tb\"}",
      "line 1 is not a JSON object: a string holds a line end or another control character, "
        + "which must be written as an escape."
    ),
    (
      "{\"text\":\"a\\x\"}",
      "line 1 is not a JSON object: a backslash is followed by what is no escape."
    ),
    ("[\"\\", "line 1 is not a JSON object: the array does not end."),
  ])
  func `broken JSON is told with its line`(text: String, sentence: String) {
    #expect(complaint(about: text, as: .json) == "data, \(sentence)")
  }

  @Test func `a field that is missing or of the wrong type is named`() {
    let first = "{\"premise\":\"a\",\"hypothesis\":\"b\",\"label\":1}\n"
    #expect(
      complaint(about: first + "{\"premise\":\"a\",\"label\":1}", as: .jsonLines)
        == "data, line 2 has no field \"hypothesis\".")
    #expect(
      complaint(about: first + "{\"premise\":5,\"hypothesis\":\"b\",\"label\":1}", as: .jsonLines)
        == "data, line 2: the field \"premise\" should be a string.")
    #expect(
      complaint(
        about: first + "{\"premise\":null,\"hypothesis\":\"b\",\"label\":1}", as: .jsonLines)
        == "data, line 2: the field \"premise\" should be a string.")
    #expect(
      complaint(
        about: first + "{\"premise\":\"a\",\"hypothesis\":\"b\",\"label\":[1]}", as: .jsonLines)
        == "data, line 2: the field \"label\" should be a string, a number or a boolean.")
  }

  @Test func `a missing column lists the fields of the first object`() {
    #expect(
      complaint(
        about: "{\"body\":\"a\",\"label\":1}", as: .jsonLines, fields: Fields(text: "text"))
        == "data has no column for the text (\"text\"); its columns are \"body\", \"label\".")
  }

  @Test func `bytes that are not UTF-8 are told with their place`() {
    let bytes = Array("{\"label\":1,\"text\":\"caf".utf8) + [0xE9] + Array("\"}".utf8)
    #expect(
      complaint { try examples(of: bytes, as: .jsonLines) }
        == "data, line 1: byte 23 of the line is 0xE9, which is no UTF-8.")
  }

  @Test func `deep nesting is an error, not a crash`() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(
      complaint(about: deep, as: .jsonLines).hasSuffix("its syntax is wrong: it ends too early."))
    #expect(complaint(about: deep, as: .json).hasSuffix("the array does not end."))
  }

  @Test func `of equal keys the last holds, as in Python`() throws {
    let text = #"{"text":"first","label":"x","text":"second","label":"y"}"#
    #expect(try examples(of: text, as: .jsonLines) == [Example(text: "second", label: "y")])
    let late = #"{"text":"a","label":null,"label":"y","text":5,"text":"b"}"#
    #expect(try examples(of: text + "\n" + late, as: .jsonLines).last?.text == "b")
    #expect(
      complaint(about: #"{"text":"a","label":"x","label":[1]}"#, as: .jsonLines)
        .hasSuffix("should be a string, a number or a boolean."))
  }

  @Test func `half of a surrogate pair costs one character and not the row`() throws {
    let text = #"{"text":"cut here \ud83d","label":"a"}"# + "\n" + #"{"text":"whole","label":"b"}"#
    #expect(
      try examples(of: text, as: .jsonLines) == [
        Example(text: "cut here \u{FFFD}", label: "a", line: 1),
        Example(text: "whole", label: "b", line: 2),
      ])
    let odd = #"{"text":"\ude00\ud83d\ud83d\ude00\ud83d\u0041","label":"\ud800"}"#
    let read = try examples(of: odd, as: .jsonLines)
    #expect(read.map(\.text) == ["\u{FFFD}\u{FFFD}😀\u{FFFD}A"])
    #expect(read.map(\.label) == ["\u{FFFD}"])
  }

  @Test func `what is not read may be anything that Python writes`() throws {
    let text = #"{"text":"a","x":NaN,"y":[-Infinity,1e999],"label":1,"z":{"text":2}}"#
    #expect(try examples(of: text, as: .jsonLines) == [Example(text: "a", label: "1")])
    let deep = String(repeating: "[", count: 50_000) + String(repeating: "]", count: 50_000)
    let row = #"{"text":"a","x":\#(deep),"label":1}"#
    #expect(try examples(of: row, as: .jsonLines).count == 1)
  }
}
