// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTasks
import PrompterToySupport
import Testing

@testable import PrompterAnswering

@Suite(.timeLimit(.minutes(1))) struct QueryReaderTests {
  private func shown(_ records: [QueryRecord]) -> [String] {
    records.map { record in
      switch record.content {
      case .object(let bytes): "\(record.line) \(String(decoding: bytes, as: UTF8.self))"
      case .text(let text): "\(record.line) \(text)"
      case .row(let row, _):
        "\(record.line) " + (0..<row.count).map { row[$0] }.joined(separator: "|")
      case .fault(let failure): "\(record.line) ! \(failure)"
      }
    }
  }

  @Test func `lines are numbered, blank ones counted but passed over`() throws {
    var reader = QueryReader(text: "\u{FEFF}a\r\n\n  \nb\nc")
    #expect(try shown(reader.next(atMost: 2)) == ["1 a", "4 b"])
    #expect(try shown(reader.next(atMost: 2)) == ["5 c"])
    #expect(try reader.next(atMost: 2).isEmpty)
  }

  @Test func `line ends of any text are found byte by byte`() throws {
    let marks = "a" + String(repeating: "\u{301}\u{316}", count: 100_000)
    var reader = QueryReader(text: "\(marks)\r\n\u{301}x\n\n\u{2028}\ny")
    #expect(try reader.next(atMost: 9).map(\.line) == [1, 2, 5])
  }

  @Test func `a table has a header, and rows that do not fit it are told`() throws {
    var reader = QueryReader(text: "text,id\n\"a,\nb\",1\nc\n\"d\"x,2\ne,3\n", as: .csv)
    #expect(
      try shown(reader.next(atMost: 9)) == [
        "2 a,\nb|1", "4 ! The row has 1 column; the header has 2.",
        "5 ! a closing quote is followed by more text; write quotes inside a field twice.", "6 e|3",
      ])
    #expect(reader.header?.names == ["text", "id"])
    var tabs = QueryReader(text: "text\tid\na, \"b\"\t1\n", as: .tsv)
    #expect(try shown(tabs.next(atMost: 9)) == ["2 a, \"b\"|1"])
  }

  @Test func `rows have no meaning without a header that can be read`() throws {
    var quotes = QueryReader(text: "\"text\"x,id\na,1\n", as: .csv)
    #expect(throws: DataError.self) { try quotes.next(atMost: 9) }
    let bench = try PromptBench()
    try Data([0x74, 0xE9, 0x0A, 0x61, 0x0A]).write(to: bench.prompt)
    var latin = try QueryReader(path: bench.prompt.path, format: .tsv)
    #expect(
      throws: DataError.unreadable(file: bench.prompt.path, reason: "its header is not UTF-8")
    ) {
      try latin.next(atMost: 9)
    }
    var texts = try QueryReader(path: bench.prompt.path, format: .text)
    #expect(try shown(texts.next(atMost: 9)) == ["1 ! The line is not UTF-8.", "2 a"])
  }

  @Test(
    arguments: [
      ("a.csv", QueryFormat.csv), ("a.TSV", .tsv), ("a.txt", .text), ("a.jsonl", .jsonl),
      ("a.json", .jsonl), ("a.csv.gz", .csv), ("a.txt.zst", .text), ("a.gz", .jsonl),
      ("/dev/stdin", .jsonl), ("queries", .jsonl), (nil, .jsonl),
    ] as [(String?, QueryFormat)])
  func `a file's extension says how it is written`(path: String?, format: QueryFormat) {
    #expect(QueryFormat(of: path) == format)
  }

  @Test func `a table without a header has the names that are given`() throws {
    let columns = ColumnNames("id,_,text")
    var reader = QueryReader(text: "7,x,good\n8,bad\n", as: .csv, columns: columns)
    #expect(
      try shown(reader.next(atMost: 9)) == [
        "1 7|x|good", "2 ! The row has 2 columns; the header has 3.",
      ])
    #expect(reader.header?.names == ["id", "2", "text"])
    var short = QueryReader(text: "7,x\n", as: .csv, columns: columns)
    #expect(throws: DataError.self) { try short.next(atMost: 9) }
  }

  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Fixtures/files").standardizedFileURL

  @Test(arguments: ["packed.csv.gz", "packed.tsv.zst"])
  func `packed queries are unpacked as they come`(name: String) throws {
    let file = Self.fixtures.appending(path: name)
    var reader = try QueryReader(path: file.path)
    let texts = try reader.next(atMost: 9)
    #expect(try texts.count == Dataset(contentsOf: file).examples.count)
    #expect(reader.header?.position(of: "text") != nil)
    let bench = try PromptBench()
    try Data(contentsOf: file).dropLast(9).write(to: bench.prompt)
    var cut = try QueryReader(path: bench.prompt.path, format: reader.format)
    #expect(
      throws: DataError.misread(
        file: bench.prompt.path, .badlyPacked(reason: "it ends too early"))
    ) {
      while try !cut.next(atMost: 9).isEmpty {}
    }
  }

  @Test func `a file that holds no text is refused once, not line by line`() throws {
    let bench = try PromptBench()
    try Data("PAR1\nx".utf8).write(to: bench.prompt)
    var reader = try QueryReader(path: bench.prompt.path)
    #expect(throws: DataError.misread(file: bench.prompt.path, .parquet)) {
      try reader.next(atMost: 9)
    }
  }

  @Test func `a missing file is named`() {
    #expect(throws: DataError.fileNotFound(file: "no-such-file.jsonl")) {
      try QueryReader(path: "no-such-file.jsonl")
    }
  }

  @Test func `a file comes in full batches, whatever its pieces are`() throws {
    let bench = try PromptBench()
    let line = String(repeating: "x", count: 999)
    try Data(String(repeating: line + "\n", count: 1_300).utf8).write(to: bench.prompt)
    var reader = try QueryReader(path: bench.prompt.path, format: .text)
    var counts: [Int] = []
    while case let records = try reader.next(atMost: 512), !records.isEmpty {
      counts.append(records.count)
    }
    #expect(counts == [512, 512, 276])
  }
}
