// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct AnswerFinderTests {
  // 🙂 is one scalar, and two units of UTF-16.
  private let finder = AnswerFinder("🙂 a cat, a dog, a cat")

  @Test func `an answer is where the file says, if it stands there`() {
    #expect(finder.start(of: "cat", stated: 4) == 4)
    #expect(finder.start(of: "cat", stated: 18) == 18)
    #expect(finder.start(of: "🙂", stated: 0) == 0)
  }

  @Test func `else it is where it stands next to that`() {
    #expect(finder.start(of: "cat", stated: 5) == 4)
    #expect(finder.start(of: "cat", stated: 12) == 18)
    #expect(finder.start(of: "cat", stated: nil) == 4)
    #expect(finder.start(of: "cat", stated: .max) == 18)
    #expect(finder.start(of: "cat", stated: .min) == 4)
  }

  @Test func `or nowhere`() {
    #expect(finder.start(of: "cow", stated: 4) == nil)
    #expect(finder.start(of: "", stated: 0) == nil)
    #expect(finder.start(of: "🙂 a cat, a dog, a cat!", stated: 0) == nil)
    #expect(AnswerFinder("").start(of: "a", stated: 0) == nil)
  }
}
