// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct TableRecordTests {
  private func row(_ text: String, _ kind: RecordCutter.Kind, line: Int = 1) throws -> TableRecord {
    try TableRecord(RecordCutter.Record(bytes: Array(text.utf8), line: line), kind)
  }

  @Test func `a row's cells are read by the rules of its table`() throws {
    let commas = try row("a,\"b, \"\"c\"\"\",", .commaSeparated, line: 7)
    #expect(commas.line == 7)
    #expect((0..<commas.count).map { commas[$0] } == ["a", "b, \"c\"", ""])
    let tabs = try row("a\t\"b\"\t", .tabSeparated)
    #expect((0..<tabs.count).map { tabs[$0] } == ["a", "\"b\"", ""])
  }

  @Test func `faulty quotes are told with the line of the file`() {
    #expect(
      throws: TableRecord.Fault(line: 9, reason: "a quoted field starts here and never ends")
    ) { try row("a,\"b\nc", .commaSeparated, line: 9) }
    let error = #expect(throws: TableRecord.Fault.self) {
      try row("\"a\nb\" c", .commaSeparated, line: 9)
    }
    #expect(error?.line == 10)
  }

  @Test func `a column is found by its name, or but for its case`() throws {
    let header = TableHeader(try row(" Text ,pair,text,PAIR", .commaSeparated))
    #expect(header.names == ["Text", "pair", "text", "PAIR"])
    #expect(["Text", "text", "TEXT", "pair", "label"].map(header.position) == [0, 2, 0, 1, nil])
  }
}
