// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterTestSupport
import Testing

/// Pickles that would take all memory or the whole stack must be refused, quickly.
@Suite struct PickleLimitsTests {
  private func refusal(_ pickle: [UInt8]) throws -> String {
    let bench = try Workbench()
    let url = try bench.write(ArchiveMaker(pickle: pickle).bytes, to: "pytorch_model.bin")
    return Workbench.refusal(of: url) { _ = try PyTorchFile(contentsOf: $0) }
  }

  private func repeated(_ operations: String, _ count: Int) -> [UInt8] {
    Array(String(repeating: operations, count: count).utf8)
  }

  @Test func `many thousand tuples in each other do no harm`() throws {
    let nested = Array("N".utf8) + [UInt8](repeating: 0x85, count: 400_000) + Array(".".utf8)
    #expect(try refusal(nested).hasPrefix("it holds a tuple"))
  }

  @Test func `lists and dictionaries in themselves do no harm`() throws {
    #expect(try refusal(Array("]q\u{0}h\u{0}a.".utf8)).hasPrefix("it holds a list"))
    let itself = Array("}q\u{0}X\u{A}\0\0\0state_dicth\u{0}s.".utf8)
    #expect(try refusal(itself) == "it holds no tensors by name.")
  }

  @Test func `lists of the same list a hundred deep do no harm`() throws {
    // Written out, the last would have 2^100 values.
    let laughs = repeated("]q\u{1}(h\u{0}h\u{0}eh\u{1}q\u{0}", 100)
    #expect(
      try refusal(Array("]q\u{0}".utf8) + laughs + Array(".".utf8)).hasPrefix("it holds a list"))
  }

  @Test func `stack, memo, values and operations have limits`() throws {
    #expect(
      try refusal(repeated("N", 1 << 18) + Array("N".utf8))
        .hasSuffix("at most 262144 values at once were expected."))
    #expect(
      try refusal(repeated("]0", 1 << 20 + 1)).hasSuffix("at most 1048576 values were expected."))
    #expect(
      try refusal(repeated("N0", 1 << 21) + Array("N".utf8))
        .hasSuffix("at most 4194304 operations were expected."))
    let memos = Array("N".utf8) + [UInt8](repeating: 0x94, count: 1 << 20 + 1)
    #expect(try refusal(memos).hasSuffix("at most 1048576 remembered values were expected."))
  }
}
