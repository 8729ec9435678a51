// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTestSupport
import Testing

@testable import PrompterCheckpoint

@Suite struct RememberedHashTests {
  private let bench: Workbench
  private let right = String(repeating: "a", count: 64)
  private let wrong = String(repeating: "b", count: 64)

  init() throws {
    bench = try Workbench()
    try bench.write(Workbench.bytes(of: "bert/model/model.safetensors"), to: "m/model.safetensors")
  }

  private func weights() throws -> Weights {
    try Weights(contentsOf: bench.folder.appending(path: "m"))
  }

  // As if much time had passed since the files were written.
  private func hash(_ expected: Set<String>, cache: String = "cache") throws -> String {
    try weights().sha256(
      expecting: expected, Surroundings(variables: ["PROMPTER_CACHE": bench.path + cache]),
      now: .max)
  }

  private func notes() -> [URL] {
    (try? FileManager.default.contentsOfDirectory(
      at: bench.folder.appending(path: "cache/hashes"), includingPropertiesForKeys: nil)) ?? []
  }

  // Makes the cache say another hash of the same files.
  private func falsify() throws {
    let note = try #require(notes().first)
    let text = try String(contentsOf: note, encoding: .utf8)
    let known = try weights().sha256()
    try Data(text.replacing(known, with: right).utf8).write(to: note)
  }

  @Test func `a hash is computed once and then remembered`() throws {
    let computed = try weights().sha256()
    #expect(try hash([wrong]) == computed)
    #expect(notes().count == 1)
    try falsify()
    #expect(try hash([right]) == right)
    // What is remembered never speaks against weights.
    #expect(try hash([wrong]) == computed)
    #expect(try hash([computed]) == computed)
  }

  @Test func `a file that was touched is read again`() throws {
    _ = try hash([right])
    try falsify()
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1)],
      ofItemAtPath: bench.path + "m/model.safetensors")
    #expect(try hash([right]) == weights().sha256())
    // The new state took the place of the old one.
    #expect(notes().count == 1)
  }

  @Test func `what the cache cannot hold or tell is computed`() throws {
    let computed = try weights().sha256()
    try bench.write("", to: "file")
    #expect(try hash([computed], cache: "file/below") == computed)
    _ = try hash([right])
    for damage in ["", "{}", "[1", "{\"sha256\":\"\(right)\",\"stamps\":[]}"] {
      try Data(damage.utf8).write(to: try #require(notes().first))
      #expect(try hash([right]) == computed)
    }
  }

  @Test func `a file that was just written is not remembered`() throws {
    let surroundings = Surroundings(variables: ["PROMPTER_CACHE": bench.path + "cache"])
    _ = try weights().sha256(expecting: [right], surroundings)
    #expect(notes().isEmpty)
  }
}
