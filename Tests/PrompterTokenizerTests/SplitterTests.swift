// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTokenizer

@Suite struct SplitterTests {
  private func parts(_ text: String, _ splitter: Splitter) -> [String] {
    let text = AlignedText(text)
    let split = splitter.apply(to: SplitText(text: text, parts: [0..<text.count]))
    return split.parts.map { String(String.UnicodeScalarView(split.text.scalars[$0])) }
  }

  // By tokenizers 0.23.3.
  @Test(arguments: [
    (Splitter.Behavior.removed, ["the", "final", "countdown"]),
    (.isolated, ["-", "the", "-", "final", "-", "-", "countdown", "-"]),
    (.mergedWithPrevious, ["-", "the-", "final-", "-", "countdown-"]),
    (.mergedWithNext, ["-the", "-final", "-", "-countdown", "-"]),
    (.contiguous, ["-", "the", "-", "final", "--", "countdown", "-"]),
  ])
  func `a delimiter goes where it should`(behavior: Splitter.Behavior, expected: [String]) {
    let splitter = Splitter.split(.text(["-"]), behavior)
    #expect(parts("-the-final--countdown-", splitter) == expected)
  }

  @Test func `punctuation and digits are split off`() {
    #expect(parts("a, (b)", .split(.punctuation, .isolated)) == ["a", ",", " ", "(", "b", ")"])
    #expect(parts("a12b३", .split(.digits, .isolated)) == ["a", "1", "2", "b", "३"])
    #expect(parts("a12b३", .split(.digits, .contiguous)) == ["a", "12", "b", "३"])
  }

  @Test func `bytes are read after a space that was there or is put there`() {
    #expect(parts("a b", .byteLevel(addsPrefixSpace: true, .gpt2)) == [" a", " b"])
    #expect(parts(" a b", .byteLevel(addsPrefixSpace: true, .gpt2)) == [" a", " b"])
    #expect(parts("a b", .byteLevel(addsPrefixSpace: false, nil)) == ["a b"])
    #expect(parts("", .byteLevel(addsPrefixSpace: true, .gpt2)) == [])
  }
}
