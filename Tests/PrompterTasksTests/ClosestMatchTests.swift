// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct ClosestMatchTests {
  @Test(arguments: [
    ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2),
    ("same", "same", 0), ("trian", "train", 1), ("ab", "ba", 1), ("abcd", "badc", 2),
  ])
  func `distances count edits`(first: String, second: String, distance: Int) {
    #expect(editDistance(Array(first), Array(second)) == distance)
  }

  @Test func `the nearest candidate is suggested, if near enough`() {
    let labels = ["positive", "negative", "neutral"]
    #expect(closestMatch(to: "postive", among: labels) == "positive")
    #expect(closestMatch(to: "NEUTRAL", among: labels) == "neutral")
    #expect(closestMatch(to: "good", among: labels) == nil)
    #expect(closestMatch(to: "2", among: ["0", "1"]) == nil)
    #expect(closestMatch(to: "", among: ["0"]) == nil)
  }
}
