// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct ProbeFoldsTests {
  @Test func `examples are dealt out in turn, five ways at most`() {
    #expect(ProbeFolds.dealt([7, 3, 9]) == [[7], [3], [9]])
    #expect(ProbeFolds.dealt(Array(0..<7)) == [[0, 5], [1, 6], [2], [3], [4]])
  }

  @Test func `few examples are dealt out several times, many once`() {
    #expect(
      [0, 10, 1_000, 1_001, 1_500, 1_501, 9_000].map(ProbeFolds.repetitions) == [
        3, 3, 3, 2, 2, 1, 1,
      ])
  }
}
