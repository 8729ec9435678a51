// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct CommaSeparatedRowsTests {
  @Test func `a quoted field holds commas, quotes and line ends`() throws {
    let text = "text,label\r\n\"a, \"\"b\"\"\r\nc\",1\r\n\"\",0\r\n"
    #expect(
      try examples(of: text, as: .commaSeparated) == [
        Example(text: "a, \"b\"\r\nc", label: "1", line: 2), Example(text: "", label: "0", line: 4),
      ])
  }

  @Test func `a quote inside a plain field stands for itself`() throws {
    #expect(rows("5\" disk,x") == [["5\" disk", "x"]])
  }

  @Test(arguments: [
    ("a,b", [["a", "b"]]), ("a,", [["a", ""]]), (",", [["", ""]]),
    ("a\n\r\n\nb\n", [["a"], ["b"]]),
    ("\"a\"\r", [["a"]]), ("a\rb", [["a\rb"]]), ("\"\"", [[""]]), ("\"\"\"\"", [["\""]]),
    ("\"a\nb\",c\nd,e", [["a\nb", "c"], ["d", "e"]]), ("", []),
  ])
  func `rows and columns are split as RFC 4180 says`(text: String, expected: [[String]]) {
    #expect(rows(text) == expected)
  }

  @Test func `a quote that never ends is told with the line where it starts`() {
    #expect(
      complaint(about: "text,label\na,1\n\"b\nc\nd,1\n", as: .commaSeparated)
        == "data, line 3: a quoted field starts here and never ends.")
  }

  @Test func `text after a closing quote is refused`() {
    #expect(
      complaint(about: "text,label\n\"a\" b,1\n", as: .commaSeparated)
        == "data, line 2: a closing quote is followed by more text; "
        + "write quotes inside a field twice.")
  }

  private func rows(_ text: String) -> [[String]]? {
    var source = CommaSeparatedRows(Array(text.utf8), file: "data")
    var row = TableRow()
    var rows: [[String]] = []
    while let isRow = try? source.read(into: &row) {
      guard isRow else { return rows }
      rows.append(row.columns.indices.map(row.text))
    }
    return nil
  }
}
