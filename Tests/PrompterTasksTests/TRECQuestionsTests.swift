// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct TRECQuestionsTests {
  private let text = "NUM:dist How far is the moon ?\nDESC:manner How do magnets work ?\n"

  @Test func `the coarse class is the label unless the fine one is asked for`() throws {
    #expect(
      try examples(of: text, as: .trec) == [
        Example(text: "How far is the moon ?", label: "NUM", line: 1),
        Example(text: "How do magnets work ?", label: "DESC", line: 2),
      ])
    let fine = try examples(of: text, as: .trec, fields: Fields(label: "fine"))
    #expect(fine.map(\.label) == ["NUM:dist", "DESC:manner"])
  }

  @Test func `other columns are refused with those there are`() {
    #expect(
      complaint(about: text, as: .trec, fields: Fields(label: "topic"))
        == "data has no column for the label (\"topic\"); "
        + "its columns are \"text\", \"coarse\", \"fine\".")
  }

  @Test func `a line is ISO 8859-1 unless it is UTF-8`() throws {
    let latin = Array("LOC:city Where is Malm".utf8) + [0xF6, 0x20, 0x3F, 0x0A]
    let bytes = latin + Array("LOC:city Where is Malmö ?".utf8)
    #expect(
      try examples(of: bytes, as: .trec).map(\.text)
        == ["Where is Malmö ?", "Where is Malmö ?"])
  }

  @Test(arguments: ["NUM How far ?", "NUM:dist", ":dist How far ?", " NUM:dist How far ?"])
  func `a line of another form is told with its number`(line: String) {
    #expect(
      complaint(about: "NUM:dist How far ?\n\(line)\n", as: .trec)
        == "data, line 2 should read \"COARSE:fine question\", as TREC's files do.")
  }

  @Test func `an empty file holds no examples`() {
    #expect(complaint(about: "\n", as: .trec) == "data holds no examples.")
  }
}
