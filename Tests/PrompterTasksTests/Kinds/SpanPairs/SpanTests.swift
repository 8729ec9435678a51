// SPDX-License-Identifier: Apache-2.0

import PrompterTokenizer
import Testing

@testable import PrompterTasks

@Suite struct SpanTests {
  private func range(
    _ columns: [String: String], of text: String, _ number: Int = 1
  ) throws(Span.Fault) -> Range<Int> {
    try Span.range(number, of: text) { columns[$0] }
  }

  private func reason(_ columns: [String: String], of text: String) -> String {
    do throws(Span.Fault) { return "none, but \(try range(columns, of: text))" } catch {
      return error.reason
    }
  }

  @Test func `places count Unicode scalars, the end left out`() throws {
    let text = "e\u{301}te\u{301} 🇩🇪 x"
    #expect(try range(["start1": "0", "end1": "5"], of: text) == 0..<5)
    #expect(try range(["span1_start": "6", "span1_end": " 8 "], of: text) == 6..<8)
    #expect(
      try range(["start1": "9", "end1": "10", "span1_text": "X"], of: text) == 9..<10)
  }

  @Test(
    arguments: [
      ("the man", "0", 4..<11), ("The Man", "9", 24..<31), ("the man", "", 4..<11),
      ("his", "9", 36..<39),
      ("can\nsaw", nil, 16..<23), ("Canoe.", "0", 41..<46), ("can", nil, 16..<19),
      ("saw the man in", nil, 20..<34),
    ] as [(String, String?, Range<Int>)])
  func `a text is the one that is nearest to a word`(
    marked: String, index: String?, place: Range<Int>
  ) throws {
    //          0   4       12  16  20  24      32 35
    let text = "and the man's   can saw the man in \"his\" canoe"
    var columns = ["span1_text": marked]
    columns["span1_index"] = index == "" ? "3" : index
    #expect(try range(columns, of: text) == place)
  }

  @Test(
    arguments: [
      (["start1": "3", "end1": "3"], "span 1 is from 3 to 3, and its text has 6 characters"),
      (["start1": "-1", "end1": "3"], "span 1 is from -1 to 3"),
      (["start1": "4", "end1": "7"], "its text has 6 characters"),
      (["start1": "3", "end1": "x"], "`end1` is \"x\", no whole number"),
      (["start1": "2", "end1": "3"], "nothing but blanks in span 1"),
      (
        ["start1": "0", "end1": "2", "span1_text": "be"],
        "the characters 0 to 2 read \"to\", and `span1_text` is \"be\""
      ),
      (["span1_text": "bee"], "its text has no \"bee\", which is span 1"),
      (["span1_text": "t", "span1_index": "0"], "its text has no \"t\""),
      (["span1_text": "to"], "2 times; `start1` and `end1` say which is meant"),
      (
        ["span1_text": "to", "span1_index": "first"], "`span1_index` is \"first\", no whole number"
      ),
      (["start1": "3"], "span 1 has neither `start1` and `end1` nor `span1_text`"),
      ([:], "span 1 has neither"),
    ] as [([String: String], String)])
  func `a span that does not fit its text is told`(columns: [String: String], told: String) {
    let said = reason(columns, of: "to  to")
    #expect(said.contains(told), "\(said)")
  }

  @Test func `what is hard to find is given up`() {
    let text = String(repeating: "a ", count: 5000)
    #expect(reason(["span1_text": text], of: text).contains("more than 1000 characters"))
    #expect(reason(["span1_text": "a", "span1_index": "\(Int.min)"], of: text).hasPrefix("none"))
  }

  @Test func `tokens of a span are found in the text that it is in`() {
    // [CLS] ab cd [SEP] ab c ##d [SEP]
    let encoding = Encoding(
      ids: [0, 1, 2, 3, 1, 4, 5, 3], segments: [0, 0, 0, 0, 1, 1, 1, 1],
      words: [nil, 0, 1, nil, 0, 1, 1, nil],
      offsets: [0..<0, 0..<2, 3..<5, 0..<0, 0..<2, 3..<4, 4..<5, 0..<0])
    func places(_ span: Range<Int>, _ inPair: Bool) -> [Int]? {
      encoding.places(of: span, inPair: inPair).map { [$0.first, $0.last] }
    }
    #expect(places(3..<5, false) == [2, 2] && places(3..<5, true) == [5, 6])
    #expect(places(1..<4, true) == [4, 5] && places(2..<3, true) == nil)
    #expect(places(8..<9, false) == nil)
  }
}
