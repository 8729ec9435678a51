// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterMethods
import Testing

@Suite struct SettingsRecordTests {
  private func json(_ record: SettingsRecord) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(record), as: UTF8.self)
  }

  private func record(_ json: String) throws -> SettingsRecord {
    try JSONDecoder().decode(SettingsRecord.self, from: Data(json.utf8))
  }

  @Test func `numbers are written as a person would`() throws {
    let record = SettingsRecord([
      "count": .integer(20), "none": nil, "share": .decimal(0.1), "third": .decimal(1 / 3),
      "zero": .decimal(0),
    ])
    #expect(try json(record) == #"{"count":20,"share":0.1,"third":0.33333334,"zero":0}"#)
  }

  @Test func `a record is the same after it was written and read`() throws {
    let text = #"{"a":[1,2.5,"x",[true]],"b":{"c":false},"d":9007199254740992}"#
    let first = try record(text)
    #expect(try json(first) == text)
    #expect(try record(json(first)) == first)
    #expect(try record(#"{"a":null}"#) == SettingsRecord())
  }

  @Test func `what is of another kind is not there`() throws {
    let record = try record(#"{"list":[1,2],"mixed":[1,"a"],"half":0.5,"text":"t","huge":1e300}"#)
    #expect(record.integers("list") == [1, 2])
    #expect(record.integers("mixed") == nil && record.integers("text") == nil)
    #expect(record.integer("half") == nil && record.integer("huge") == nil)
    #expect(record.integer("list") == nil && record.string("half") == nil)
    #expect(record.string("text") == "t" && record["half"] == .number(0.5))
  }

  @Test func `words have the order of the names`() {
    #expect(SettingsRecord().description == "none")
    #expect(
      SettingsRecord(["b": .decimal(0.1), "a": .list([.integer(1)]), "c": .string("d")])
        .description == "a [1], b 0.1, c d")
  }

  @Test func `a null within a value is kept`() throws {
    let kept = try record(#"{"a":[null,1],"b":{"c":null}}"#)
    #expect(try record(String(decoding: JSONEncoder().encode(kept), as: UTF8.self)) == kept)
    #expect(kept["a"] == .list([.null, .integer(1)]))
  }

  @Test(arguments: [#"{"a":1e999}"#, "[]", "3"])
  func `what is no record is refused`(text: String) {
    #expect(throws: DecodingError.self) { try record(text) }
  }
}
