// SPDX-License-Identifier: Apache-2.0

import PrompterTestSupport
import Testing

@testable import PrompterTasks

@Suite struct RecordCutterTests {
  private func records(
    _ bytes: [UInt8], _ kind: RecordCutter.Kind, pieces: Int = .max
  ) -> [RecordCutter.Record] {
    var cutter = RecordCutter(kind)
    var found: [RecordCutter.Record] = []
    for start in stride(from: 0, to: bytes.count, by: min(pieces, max(1, bytes.count))) {
      cutter.append(Array(bytes[start..<min(bytes.count, start + min(pieces, bytes.count))]))
      while let record = cutter.next() { found.append(record) }
    }
    cutter.finish()
    while let record = cutter.next() { found.append(record) }
    return found
  }

  private func texts(_ text: String, _ kind: RecordCutter.Kind) -> [String] {
    records(Array(text.utf8), kind).map {
      "\($0.line) \(String(decoding: $0.bytes, as: UTF8.self))"
    }
  }

  @Test func `lines are given without their ends, and blank ones are counted`() {
    #expect(texts("\u{FEFF}a\r\n\n \u{A0}\nb\n\nc", .lines) == ["1 a", "4 b", "6 c"])
    #expect(texts("a\r", .lines) == ["1 a\r"])
    #expect(texts("", .lines).isEmpty)
    #expect(texts("a\n\t\n  \nb", .tabSeparated) == ["1 a", "2 \t", "4 b"])
  }

  @Test func `a row of a table goes on after a line end in quotes`() {
    #expect(
      texts("a,\"b\nc\"\"\n\"\r\nd,5\" x\n\n,e", .commaSeparated)
        == ["1 a,\"b\nc\"\"\n\"", "4 d,5\" x", "6 ,e"])
    #expect(texts("a,\"b\nc\n", .commaSeparated) == ["1 a,\"b\nc\n"])
    // A row with faulty quotes ends where its line does.
    #expect(texts("\"a\" b,\"c\"\nd\n", .commaSeparated) == ["1 \"a\" b,\"c\"", "2 d"])
  }

  @Test func `a line is given as soon as it is there`() {
    var cutter = RecordCutter(.lines)
    cutter.append(Array("a\nb".utf8))
    #expect(cutter.next()?.bytes == Array("a".utf8))
    #expect(cutter.next() == nil)
    cutter.append(Array("c\n".utf8))
    #expect(cutter.next() == RecordCutter.Record(bytes: Array("bc".utf8), line: 2))
    cutter.finish()
    #expect(cutter.next() == nil)
  }

  @Test(arguments: [RecordCutter.Kind.lines, .tabSeparated, .commaSeparated])
  func `the pieces that bytes come in make no difference`(kind: RecordCutter.Kind) {
    var random = SeededRandom(seed: 7)
    let alphabet = Array("a,\"\"\n\r\t é\u{FEFF}".utf8)
    for length in 0..<200 {
      let bytes = (0..<length).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
      let whole = records(bytes, kind)
      for pieces in [1, 2, 7] { #expect(records(bytes, kind, pieces: pieces) == whole) }
    }
  }

  @Test func `rows that are cut are those of the whole table`() throws {
    var random = SeededRandom(seed: 8)
    let alphabet = Array("ab,\"\"\n\n\r".utf8)
    for length in 0..<300 {
      let bytes = (0..<length).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
      var (whole, row, expected) = (CommaSeparatedRows(bytes, file: ""), TableRow(), [[String]]())
      do {
        while try whole.read(into: &row) {
          expected.append(["\(row.line)"] + row.columns.indices.map(row.text))
        }
      } catch { continue }
      let found = try records(bytes, .commaSeparated).map { record in
        let row = try TableRecord(record, .commaSeparated)
        return ["\(row.line)"] + (0..<row.count).map { row[$0] }
      }
      #expect(found == expected)
    }
  }
}
