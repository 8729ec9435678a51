// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterTestSupport
import Testing

/// Damaged files either load or throw; nothing that a file says may end the process.
@Suite struct SafetensorsMutationTests {
  private static let tokens = [
    "\"F16\"", "\"I64\"", "\"F4\"", "\"shape\":[", "\"__metadata__\":{", "\"dtype\":", "[0,0]",
  ]

  /// Half of the damage is to the header alone, its length made true, so that it reaches the
  /// parser.
  private func damaged(_ original: [UInt8], by mutations: inout Mutations) -> [UInt8] {
    guard mutations.below(2) == 0 else { return mutations.damaged(original) }
    let end = 8 + original[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = mutations.damaged(Array(original[8..<end]))
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    return length + header + original[end...]
  }

  @Test(arguments: 0..<4)
  func `thousands of damaged files load or throw`(seed: Int) throws {
    let bench = try Workbench()
    let original = try Workbench.bytes(of: "checkpoint/mixed.safetensors")
    var mutations = Mutations(seed: seed, tokens: Self.tokens)
    var refused = 0
    let file = try Overwriting("damaged", on: bench)
    let count = Mutations.count(1500)
    for _ in 0..<count {
      try file.write(damaged(original, by: &mutations))
      do {
        let file = try SafetensorsFile(contentsOf: file.url)
        for name in file.names { _ = try? file.tensor(name) }
      } catch is CheckpointError {
        refused += 1
      }
    }
    #expect(refused > count / 2, "Most damage must be noticed; \(refused) of \(count) files were.")
  }

  @Test func `a file cut anywhere is refused`() throws {
    let file = try Overwriting("cut", on: Workbench())
    let original = try Workbench.bytes(of: "checkpoint/mixed.safetensors")
    for length in original.indices {
      try file.write(Array(original[..<length]))
      #expect(throws: CheckpointError.self) { try SafetensorsFile(contentsOf: file.url) }
    }
  }
}
