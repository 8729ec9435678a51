// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import Testing

@testable import PrompterTasks

@Suite struct SpanTargetTests {
  private func target(_ start: Int?, _ text: String, _ rows: [EncodedInput]) -> SpanTarget {
    SpanTarget(
      SpanExample(
        question: "q", context: "", answers: [SpanExample.Answer(text: text, start: start)]),
      read: rows)
  }

  @Test func `an answer is where its first and its last token are`() {
    let rows = [window(tokens(0..<5))]
    #expect(target(3, "ab cd", rows).places == [.init(start: 2, end: 3)])
    // Parts of tokens.
    #expect(target(4, "b c", rows).places == [.init(start: 2, end: 3)])
    #expect(target(0, "ab", rows).places == [.init(start: 1, end: 1)])
  }

  @Test func `a window without the whole answer has none`() {
    let rows = [window(tokens(0..<4)), window(tokens(2..<6)), window(tokens(4..<8))]
    #expect(
      target(6, "ab cd", rows).places == [.init(start: 3, end: 4), .init(start: 1, end: 2), .none])
    #expect(target(9, "ab cd", rows).places == [.none, .init(start: 2, end: 3), .none])
    #expect(target(nil, "ab", rows).places == [.none, .none, .none])
    #expect(target(0, "ab cd ef gh ij", rows).places == [.none, .none, .none])
  }

  @Test func `each question counts once`() {
    let rows = [window(tokens(0..<4)), window(tokens(2..<6))]
    let groups = target(6, "ab", rows).groups
    #expect(groups.map(\.weight) == [0.5, 0.5])
    #expect(groups.map(\.count) == [5, 5])
  }

  @Test func `a text without tokens has no answer`() {
    let rows = [window([])]
    #expect(target(0, "ab", rows).places == [.none])
    #expect(target(0, "ab", rows).groups.map(\.count) == [1])
  }
}
