// SPDX-License-Identifier: Apache-2.0

import PrompterCore
import Testing

@Suite struct SharedTextsTests {
  private func row(_ ids: [Int32], segment: Int32 = 0, prompt: Int) -> Row {
    Row(ids: ids, segments: ids.map { _ in segment }, prompt: prompt)
  }

  @Test func `rows of one text are computed once`() {
    let rows = [
      row([2, 3], prompt: 0), row([2, 5, 3], prompt: 1), row([2, 3], prompt: 1),
      row([2, 3], prompt: 0),
    ]
    let shared = SharedTexts(rows, firstPositions: [4, 4])
    #expect(shared.rows == [rows[0], rows[1]])
    #expect(shared.texts == [0, 1, 0, 0])
  }

  @Test func `other segments or positions are another text`() {
    let rows = [
      row([2, 3], prompt: 0), row([2, 3], segment: 1, prompt: 0), row([2, 3], prompt: 1),
    ]
    #expect(SharedTexts(rows, firstPositions: [4, 0]).texts == [0, 1, 2])
    #expect(SharedTexts([], firstPositions: []).rows.isEmpty)
  }
}
