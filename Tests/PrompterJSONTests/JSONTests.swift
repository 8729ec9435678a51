// SPDX-License-Identifier: Apache-2.0

import PrompterJSON
import Testing

@Suite struct JSONTests {
  @Test func `keys that are canonically equivalent stay apart, and the last of equals holds`()
    throws
  {
    let value = try JSON(Array("{\"\u{E9}\": 1, \"e\u{301}\": 2, \"a\": 3, \"a\": 4}".utf8))
    #expect(value["\u{E9}"]?.integer == 1)
    #expect(value["e\u{301}"]?.integer == 2)
    #expect(value["a"]?.integer == 4)
    #expect(value["b"] == nil)
    #expect(value.summary == "an object of 4")
  }

  @Test func `a value is of one kind`() {
    let values: [JSON] = [.null, .bool(true), .integer(1), .string("s"), .array([])]
    #expect(values.map(\.isNull) == [true, false, false, false, false])
    #expect(values.map(\.bool) == [nil, true, nil, nil, nil])
    #expect(values.map(\.integer) == [nil, nil, 1, nil, nil])
    #expect(values.map(\.string) == [nil, nil, nil, "s", nil])
    #expect(values.map(\.array?.count) == [nil, nil, nil, nil, 0])
    #expect(values.allSatisfy { $0["s"] == nil })
  }

  @Test func `a summary is a few words`() {
    #expect(JSON.number(1.5).summary == "1.5")
    #expect(JSON.array([.null, .null]).summary == "a list of 2")
    let long = String(repeating: "x", count: 99)
    #expect(JSON.string(long).summary == "\"\(long.prefix(40))\"")
  }
}
