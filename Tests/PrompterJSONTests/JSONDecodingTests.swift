// SPDX-License-Identifier: Apache-2.0

import PrompterJSON
import Testing

@Suite struct JSONDecodingTests {
  private struct Outer: Decodable, Equatable {
    struct Inner: Decodable, Equatable { var value: Double? }
    enum Kind: String, Decodable { case one, two }

    var name: String
    var kind: Kind
    var inner: [Inner]
    var counts: [String: UInt64]
    var isThere: Bool?
  }

  private func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
    try JSON(Array(text.utf8)).decode(type)
  }

  @Test func `values of every kind are decoded`() throws {
    let value = try decode(
      Outer.self,
      #"{"name": "x", "kind": "two", "inner": [{"value": 1}, {"value": null}, {}], "#
        + #""counts": {"a": 18446744073709551615, "b": 0}}"#)
    let expected = Outer(
      name: "x", kind: .two, inner: [.init(value: 1), .init(), .init()],
      counts: ["a": .max, "b": 0])
    #expect(value == expected)
  }

  @Test func `the last of equal keys holds at every depth`() throws {
    let value = try decode(
      Outer.self,
      #"{"name": "x", "kind": "one", "inner": [{"value": 1, "value": 2}], "counts": {}, "name": "y"}"#
    )
    #expect(value.name == "y")
    #expect(value.inner == [.init(value: 2)])
  }

  @Test(arguments: ["1.0", "1e3", "\"1\"", "true", "300", "-1"])
  func `what is no small whole number is refused`(text: String) {
    #expect(throws: DecodingError.self) { try decode(UInt8.self, text) }
  }

  @Test func `a number beyond the largest is refused`() {
    #expect(throws: DecodingError.self) { try decode(Double.self, "1e999") }
    #expect(throws: DecodingError.self) { try decode(Float.self, "1e39") }
  }

  @Test func `the place of an error is its path`() {
    let error = #expect(throws: DecodingError.self) {
      try decode([[Int]].self, "[[1], [2, null]]")
    }
    guard case .valueNotFound(_, let context) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(context.codingPath.map(\.intValue) == [1, 1])
  }

  @Test func `a key of a million combining marks takes no time`() throws {
    let marks = "a" + String(repeating: "\u{301}\u{316}", count: 500_000)
    let value = try decode(Outer.Inner.self, "{\"\(marks)\": 1, \"value\": 3}")
    #expect(value.value == 3)
  }
}
