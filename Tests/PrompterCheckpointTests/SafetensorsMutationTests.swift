// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterTensor
import Testing

/// Damaged files either load or throw; nothing that a file says may end the process.
@Suite struct SafetensorsMutationTests {
  /// The generator of Steele, Lea and Flood (OOPSLA 2014), for the same damage in every run.
  private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private static let numbers = [
    "0", "1", "7", "-1", "1e9", "4294967296", "4611686018427387904", "9223372036854775807",
    "9223372036854775808", "340282366920938463463374607431768211456", "null", "[]",
  ]

  private func damaged(_ original: [UInt8], with random: inout SplitMix) -> [UInt8] {
    var bytes = original
    let headerEnd = 8 + original[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    switch Int.random(in: 0..<5, using: &random) {
    case 0:
      bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
    case 1:
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = Int.random(in: 0..<headerEnd, using: &random)
        bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      }
    case 2:
      for index in 0..<8 where Bool.random(using: &random) {
        bytes[index] = UInt8.random(in: 0...255, using: &random)
      }
    case 3:
      let digits = bytes.indices.filter { 8..<headerEnd ~= $0 && 0x30...0x39 ~= bytes[$0] }
      let start = digits.randomElement(using: &random) ?? 8
      let number = Self.numbers.randomElement(using: &random) ?? "0"
      bytes.replaceSubrange(start...start, with: number.utf8)
      announce(headerEnd - 8 + number.utf8.count - 1, in: &bytes)
    default:
      let from = Int.random(in: 8..<headerEnd, using: &random)
      let length = Int.random(in: 0...min(40, headerEnd - from), using: &random)
      let target = Int.random(in: 8..<headerEnd, using: &random)
      bytes.insert(contentsOf: original[from..<from + length], at: target)
      announce(headerEnd - 8 + length, in: &bytes)
    }
    return bytes
  }

  /// Makes the announced length true, so that the damage reaches the parser.
  private func announce(_ length: Int, in bytes: inout [UInt8]) {
    for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `thousands of damaged files load or throw`(seed: UInt64) throws {
    let bench = try Workbench()
    let fixture = Workbench.fixtures.appending(path: "mixed.safetensors")
    let original = Array(try Data(contentsOf: fixture))
    var random = SplitMix(state: seed)
    var refused = 0
    // Foundation waits for the disk when it writes a file, and ext4 when an emptied one is closed;
    // neither does when an open file is overwritten and then cut.
    let url = try bench.write("", to: "damaged")
    let handle = try FileHandle(forWritingTo: url)
    for _ in 0..<1500 {
      let bytes = damaged(original, with: &random)
      try handle.seek(toOffset: 0)
      try handle.write(contentsOf: bytes)
      try handle.truncate(atOffset: UInt64(bytes.count))
      do {
        let file = try SafetensorsFile(contentsOf: url)
        for name in file.names { _ = try? file.tensor(name) }
      } catch is CheckpointError {
        refused += 1
      }
    }
    #expect(refused > 1000, "Most damage must be noticed; \(refused) of 1500 files were.")
  }
}
