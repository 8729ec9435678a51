// SPDX-License-Identifier: Apache-2.0

import PrompterJSON
import Testing

@Suite struct UTF8KeyTests {
  @Test func `keys are equal if their bytes are, not if they look alike`() {
    #expect(UTF8Key("e\u{301}") != UTF8Key("\u{E9}"))
    #expect(UTF8Key("e\u{301}") == UTF8Key("e\u{301}"))
    #expect(UTF8Key("") != UTF8Key("\0"))
    let keys: Set = [UTF8Key("e\u{301}"), UTF8Key("\u{E9}"), UTF8Key("\u{E9}")]
    #expect(keys.count == 2)
    #expect([UTF8Key("b"), UTF8Key("a"), UTF8Key("")].sorted().map(\.text) == ["", "a", "b"])
  }

  @Test func `a million combining marks in turn are hashed and compared at once`() {
    let marks = "a" + String(repeating: "\u{301}\u{316}", count: 500_000)
    var places = [UTF8Key(marks): 1]
    places[UTF8Key(marks + "x")] = 2
    #expect(places[UTF8Key(marks)] == 1)
  }
}
