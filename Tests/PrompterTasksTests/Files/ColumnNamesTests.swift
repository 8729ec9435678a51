// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct ColumnNamesTests {
  @Test func `names are written in order, with numbers, or as numbers`() {
    #expect(ColumnNames("label, text") == ColumnNames(["label", "text"]))
    #expect(
      ColumnNames("text=3,label=1")
        == ColumnNames(numbers: [(name: "text", number: 3), (name: "label", number: 1)]))
    #expect(
      ColumnNames("3,1")
        == ColumnNames(numbers: [(name: "text", number: 3), (name: "label", number: 1)]))
    #expect(ColumnNames("2,3,1")?.all == ["label", "text", "pair"])
    #expect(ColumnNames("2")?.all == ["text"])
    #expect(ColumnNames("_,text,-,label")?.all == ["text", "label"])
  }

  @Test(arguments: [
    "", ",", "a,", "a,a", "1,1", "0,1", "1,2,3,4", "text=0", "text=a", "text=1,text=2",
    "text=1,label", "=1", "_,-", "_,,text", "text=1,label=1",
  ])
  func `what is no list of names is refused`(written: String) {
    #expect(ColumnNames(written) == nil)
  }

  @Test func `rows without a header are read below the names`() throws {
    let form = FileForm(columns: ["label", "text"])
    let read = try examples(of: "x,\"a, b\"\ny,c\n", as: .commaSeparated, form: form)
    #expect(
      read == [
        Example(text: "a, b", label: "x", line: 1), Example(text: "c", label: "y", line: 2),
      ])
    let numbered = FileForm(columns: ColumnNames("3,1"))
    #expect(
      try examples(of: "x\t-\ta\ny\t-\tc\n", as: .tabSeparated, form: numbered).map(\.text)
        == ["a", "c"])
  }

  @Test func `columns that are skipped are there all the same`() throws {
    let form = FileForm(columns: ColumnNames("label,_,text,-"))
    #expect(
      try examples(of: "x,1,a,2\ny,3,b,4\n", as: .commaSeparated, form: form)
        == [Example(text: "a", label: "x", line: 1), Example(text: "b", label: "y", line: 2)])
    #expect(
      complaint { try examples(of: "x,1,a\n", as: .commaSeparated, form: form) }
        == "data, line 1 has 3 columns, not 4.")
  }

  @Test func `a preset's columns may be called by what they are`() throws {
    let form = FileForm(columns: ["text", "pair", "label"])
    let fields = Fields(text: "question", pair: "passage", label: "answer")
    let read = try examples(of: "a\tb\tx\n", as: .tabSeparated, fields: fields, form: form)
    #expect(read == [Example(text: "a", pair: "b", label: "x", line: 1)])
  }

  @Test func `columns that are not as they were named are told`() {
    let form = FileForm(columns: ["text", "label"])
    #expect(
      complaint { try examples(of: "a,b,c\n", as: .commaSeparated, form: form) }
        == "data, line 1 has 3 columns; the names are \"text\", \"label\".")
    #expect(
      complaint { try examples(of: "a,b\nc\n", as: .commaSeparated, form: form) }
        == "data, line 2 has 1 column; the first row has 2.")
    #expect(
      complaint { try examples(of: "Text,label\na,b\n", as: .commaSeparated, form: form) }
        == "data has a header that says \"text\", \"label\"; it need not be said again.")
    let numbered = FileForm(columns: ColumnNames("3,1"))
    #expect(
      complaint { try examples(of: "a,b\n", as: .commaSeparated, form: numbered) }
        == "data, line 1 has 2 columns, not 3.")
    #expect(
      complaint { try examples(of: "NUM:x a\n", as: .trec, form: form) }
        == "data is read as TREC's lines, where there is no column to name.")
  }
}
