// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct ByteSearchTests {
  @Test func `a few bytes are replaced and parted from the left`() {
    #expect("a<br><br>b<b".replacingBytes("<br>", with: " ") == "a  b<b")
    #expect("".replacingBytes("x", with: "y") == "")
    #expect("a||b||c".components(separatedByBytes: "||") == ["a", "b", "c"])
    #expect("|||".components(separatedByBytes: "||") == ["", "|"])
    let parts = "a||b||c".split(atFirst: "||")
    #expect(parts?.before == "a" && parts?.after == "b||c")
    #expect("a|b".split(atFirst: "||") == nil)
  }

  @Test func `what is written reads as a text whose characters are composed`() {
    #expect("e\u{301}".reads(as: "\u{E9}") && !"e".reads(as: "\u{E9}"))
    #expect(["\u{E9}", "e\u{301}"].firstIndex(writtenAs: "e\u{301}") == 1)
    #expect(["a", "\u{E9}"].firstIndex(writtenAs: "e\u{301}") == 1)
    let marks = "e" + String(repeating: "\u{301}\u{316}", count: 200_000)
    #expect(!marks.reads(as: marks + "x"))
  }

  @Test func `white space at the ends goes`() {
    #expect(" \u{A0}a b\r\n".trimmed == "a b")
    #expect(" \n".trimmed == "")
  }
}
