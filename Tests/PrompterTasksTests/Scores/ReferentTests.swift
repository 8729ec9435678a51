// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct ReferentTests {
  @Test(arguments: [
    ("the young gentleman", "gentleman", true), ("Bob", "bob", true), ("Bob", "Bob's", false),
    ("Bob", "Tom", false), ("fuzzy bunny", "a bunny", true), ("bunny", "the fuzzy bunny", true),
    ("Bob", "the", nil), ("Bob", "", nil),
  ])
  func `an answer means what has all its words`(
    referent: String, answer: String, isMeant: Bool?
  ) {
    #expect(Referent.isMeant(referent, by: answer) == isMeant)
  }
}
