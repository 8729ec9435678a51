// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct TableRowsTests {
  @Test func `quotes mean nothing between tabs`() throws {
    let read = try examples(of: "text\tlabel\n\"a, \"b\t1\n", as: .tabSeparated)
    #expect(read == [Example(text: "\"a, \"b", label: "1", line: 2)])
  }

  @Test(arguments: [
    "text\tlabel\na\t1\nb\t0\n", "text\tlabel\na\t1\nb\t0", "\u{FEFF}text\tlabel\na\t1\nb\t0\n",
    "text\tlabel\r\na\t1\r\nb\t0\r\n", "text\tlabel\r\na\t1\r\nb\t0",
  ])
  func `line ends and byte-order marks leave no trace`(text: String) throws {
    #expect(
      try examples(of: text, as: .tabSeparated)
        == [Example(text: "a", label: "1", line: 2), Example(text: "b", label: "0", line: 3)])
    let commas = text.replacing("\t", with: ",")
    #expect(
      try examples(of: commas, as: .commaSeparated)
        == [Example(text: "a", label: "1", line: 2), Example(text: "b", label: "0", line: 3)])
  }

  @Test func `blank lines are skipped and counted`() throws {
    let read = try examples(of: "\ntext\tlabel\n\n  \r\na\t1\n\n", as: .tabSeparated)
    #expect(read == [Example(text: "a", label: "1", line: 5)])
  }

  @Test func `bytes that are not UTF-8 are told with their place`() throws {
    let bytes = Array("text\tlabel\ncaf".utf8) + [0xE9] + Array("!\tyes\n".utf8)
    #expect(
      complaint { try examples(of: bytes, as: .tabSeparated) }
        == "data, line 2: byte 4 of the line is 0xE9, which is no UTF-8.")
    let form = FileForm(encoding: .latin1)
    #expect(try examples(of: bytes, as: .tabSeparated, form: form).map(\.text) == ["café!"])
  }

  @Test func `a row that does not fit the header is told with its line`() {
    #expect(
      complaint(about: "text\tlabel\na\t1\nb\n", as: .tabSeparated)
        == "data, line 3 has 1 column; the header has 2.")
    #expect(
      complaint(about: "text,label\na,b,1\n", as: .commaSeparated)
        == "data, line 2 has 3 columns; the header has 2.")
  }

  @Test func `an empty label counts as none`() throws {
    let text = "text\tlabel\na\t \n"
    #expect(try examples(of: text, as: .tabSeparated, requireLabels: false).first?.label == nil)
    #expect(
      complaint(about: text, as: .tabSeparated)
        == "data, line 2 has no label, and one is needed here.")
  }

  @Test func `blanks around labels and column names do not count, those of texts stay`() throws {
    let read = try examples(of: " text , label\n a , yes \n", as: .commaSeparated)
    #expect(read == [Example(text: " a ", label: "yes", line: 2)])
  }

  @Test func `only as many rows are read as were asked for`() throws {
    let text = "text\tlabel\na\t1\nb\t0\nbroken\n"
    #expect(try examples(of: text, as: .tabSeparated, limit: 2).count == 2)
    #expect(try examples(of: text, as: .tabSeparated, limit: 0).isEmpty)
  }

  @Test(arguments: ["", "\n\n", "text\tlabel\n", "\u{FEFF}"])
  func `a file without examples is refused`(text: String) {
    #expect(complaint(about: text, as: .tabSeparated) == "data holds no examples.")
    let commas = text.replacing("\t", with: ",")
    #expect(complaint(about: commas, as: .commaSeparated) == "data holds no examples.")
  }

  @Test func `UTF-16 is read where its mark says so`() throws {
    let bytes = "\u{FEFF}text\tlabel\na\t1\n".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    #expect(
      try examples(of: bytes, as: .tabSeparated) == [Example(text: "a", label: "1", line: 2)])
  }
}
