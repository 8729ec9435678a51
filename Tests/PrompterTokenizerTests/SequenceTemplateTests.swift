// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTokenizer

@Suite struct SequenceTemplateTests {
  @Test func `no room is wasted and no text grows`() {
    for first in 0..<12 {
      for second in 0..<12 {
        for room in 0..<26 {
          let kept = SequenceTemplate.longestFirst(first, second, room: room)
          #expect(kept.first <= first && kept.second <= second)
          #expect(kept.first + kept.second == min(room, first + second))
        }
      }
    }
  }

  @Test func `the longer text is cut first, then both`() {
    #expect(SequenceTemplate.longestFirst(3, 9, room: 8) == (3, 5))
    #expect(SequenceTemplate.longestFirst(9, 3, room: 8) == (5, 3))
    #expect(SequenceTemplate.longestFirst(9, 8, room: 7) == (4, 3))
    #expect(SequenceTemplate.longestFirst(8, 8, room: 7) == (3, 4))
    #expect(SequenceTemplate.longestFirst(8, 9, room: 0) == (0, 0))
  }
}
