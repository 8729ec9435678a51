// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterTestSupport
import Testing

@Suite struct DecodeJSONTests {
  private struct Configuration: Decodable, Equatable {
    struct Rope: Decodable, Equatable { let theta: Double }

    let layers: Int
    let rope: Rope
    let labels: [String]
  }

  private let bench: Workbench

  init() throws { bench = try Workbench() }

  @Test func `a value is read from its file`() throws {
    let url = try bench.write(
      #"{"layers": 2, "rope": {"theta": 1e4}, "labels": ["a"], "more": null}"#, to: "config.json")
    let expected = Configuration(layers: 2, rope: .init(theta: 10_000), labels: ["a"])
    #expect(try decodeJSON(Configuration.self, from: url) == expected)
  }

  @Test(arguments: [
    (#"{"rope": {"theta": 1}, "labels": []}"#, "`layers` is missing."),
    (#"{"layers": 2, "rope": {}, "labels": []}"#, "`rope.theta` is missing."),
    (#"{"layers": "2", "rope": {"theta": 1}, "labels": []}"#, "`layers` should be a whole number."),
    (
      #"{"layers": null, "rope": {"theta": 1}, "labels": []}"#,
      "`layers` is null; it should be a whole number."
    ),
    (
      #"{"layers": 2, "rope": {"theta": "x"}, "labels": []}"#, "`rope.theta` should be a number."
    ),
    (
      #"{"layers": 2, "rope": {"theta": 1}, "labels": ["a", 1]}"#, "`labels[1]` should be a string."
    ),
    ("[]", "it should hold an object."),
    (#"{"layers": 1e3, "rope": {"theta": 1}, "labels": []}"#, "`layers` should be a whole number."),
    (
      #"{"layers": 2, "rope": {"theta": NaN}, "labels": []}"#,
      "`rope.theta` has an impossible value (nan is not finite)."
    ),
    ("{", "it is not valid JSON: at byte 1, '\"' was expected."),
    ("", "it is not valid JSON: at byte 0, a value was expected."),
    (
      #"{"layers": 2, }"#, "it is not valid JSON: at byte 14, '\"' was expected."
    ),
  ])
  func `what is wrong is named with its place`(json: String, sentence: String) throws {
    let url = try bench.write(json, to: "config.json")
    let error = #expect(throws: CheckpointError.self) {
      try decodeJSON(Configuration.self, from: url)
    }
    let prefix = "\(url.path(percentEncoded: false)) is damaged or of another format: "
    #expect(error?.description == prefix + sentence)
  }

  @Test func `the last of equal keys holds, and infinity may stand where nobody asks`() throws {
    let url = try bench.write(
      #"{"layers": 1, "rope": {"theta": 1}, "labels": [], "limit": [Infinity, -Infinity, NaN], "#
        + #""layers": 2, "rope": {"theta": 3, "theta": 4}}"#, to: "config.json")
    let expected = Configuration(layers: 2, rope: .init(theta: 4), labels: [])
    #expect(try decodeJSON(Configuration.self, from: url) == expected)
  }

  @Test func `keys that only look alike are different`() throws {
    let url = try bench.write(
      "{\"layers\": 2, \"rope\": {\"theta\": 1}, \"labels\": [], \"a\u{301}\": 1, \"\u{E1}\": 2}",
      to: "config.json")
    #expect(try decodeJSON(Configuration.self, from: url).layers == 2)
  }

  @Test func `a missing file is named`() {
    let url = bench.folder.appending(path: "config.json")
    let error = #expect(throws: CheckpointError.self) {
      try decodeJSON(Configuration.self, from: url)
    }
    #expect(
      error?.description == "Cannot read \(bench.path)config.json: No such file or directory.")
  }

  @Test func `thousands of damaged files give a value or an error`() throws {
    let text = #"{"layers": 2, "rope": {"theta": 1e4}, "labels": ["a", "\u00e9"], "more": null}"#
    let file = try Overwriting("config.json", on: bench)
    var mutations = Mutations(
      seed: 1, tokens: ["{", "[", "\"rope\":", "\\ud83d", "1e999", "\u{FEFF}"])
    for _ in 0..<Mutations.count(1000) {
      try file.write(mutations.damaged(Array(text.utf8)))
      do {
        _ = try decodeJSON(Configuration.self, from: file.url)
      } catch let error as CheckpointError {
        #expect(error.description.hasSuffix("."), "\(error)")
      }
    }
  }
}
