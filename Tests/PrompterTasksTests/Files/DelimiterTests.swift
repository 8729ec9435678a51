// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct DelimiterTests {
  @Test func `a delimiter is written or named`() {
    #expect(Delimiter("tab") == .tab && Delimiter("\\t") == .tab && Delimiter("\t") == .tab)
    #expect(Delimiter(";") == .semicolon && Delimiter("pipe") == .bar && Delimiter(" ") == .space)
    #expect(Delimiter("") == nil && Delimiter("\"") == nil && Delimiter("a\n") == nil)
    #expect(Delimiter("::")?.description == "::" && "\(Delimiter.tab)" == "tab")
  }

  @Test(arguments: [
    ("text,label\n\"a;b\",1\n", Delimiter.comma), ("text;label\na,b;1\n", .semicolon),
    ("text\tlabel\na,b\t1\n", .tab), ("text|label\na;b|1\n", .bar),
    // A broken row leaves what the header says.
    ("text;label\na;b;1\n", .semicolon), ("text,label\na,b;c,1\n", .comma),
    ("text\na\n", .comma), ("", .comma), ("text;label\n\"a;1\n", .semicolon),
  ])
  func `a table's delimiter is found`(text: String, expected: Delimiter) {
    #expect(Delimiter.ofQuotedTable(Array(text.utf8)) == expected)
  }

  @Test func `a delimiter may be several characters`() throws {
    let form = FileForm(delimiter: Delimiter("::"))
    let text = "text::label\na:b::1\n::0\n"
    for format in [DataFormat.commaSeparated, .tabSeparated] {
      let read = try examples(of: text, as: format, form: form)
      #expect(read.map(\.text) == ["a:b", ""])
      #expect(read.map(\.label) == ["1", "0"])
    }
    // The first place counts, and what stood in it is no part of the next.
    #expect(
      complaint { try examples(of: "text::label\na:::::b\n", as: .tabSeparated, form: form) }
        == "data, line 2 has 3 columns; the header has 2.")
  }

  @Test func `where blanks separate, the last column takes the rest`() throws {
    let form = FileForm(delimiter: .space, columns: ["label", "text"])
    #expect(
      try examples(of: "1 a stirring film\n0 dull\n", as: .tabSeparated, form: form) == [
        Example(text: "a stirring film", label: "1", line: 1),
        Example(text: "dull", label: "0", line: 2),
      ])
  }
}
