// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct FastTextLineTests {
  @Test(arguments: [
    ("__label__pos A  film.", Example(text: "A  film.", label: "pos")),
    ("  __label__2\tA film\r", Example(text: "A film", label: "2")),
    ("A film __label__neg", Example(text: "A film", label: "neg")),
    ("__label__x", Example(text: "", label: "x")),
  ])
  func `a label stands before its text or after it`(line: String, expected: Example) throws {
    #expect(try examples(of: line + "\n", as: .fastText) == [expected])
  }

  @Test func `a text has one label`() {
    #expect(
      complaint(about: "__label__a b\n__label__a __label__b c\n", as: .fastText)
        == "data, line 2: it has 2 labels, and a text can have only one here.")
    #expect(
      complaint(about: "__label__a b\nc d\n", as: .fastText)
        == "data, line 2 has no label, and one is needed here.")
  }

  @Test func `a preset's columns do not matter`() throws {
    let read = try textExamples(of: "__label__1 a film\n", as: .fastText, "sst2")
    #expect(read.map(\.input) == ["sst2 sentence: a film"])
    #expect(read.map(\.targets) == [["positive"]])
    let labelled = try examples(
      of: "__label__1 a film\n", as: .fastText, fields: Fields(text: "sentence"))
    #expect(labelled.map(\.text) == ["a film"])
  }
}
