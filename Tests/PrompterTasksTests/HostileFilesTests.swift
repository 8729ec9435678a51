// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

/// Files cut short, bent and stirred: each must be read or refused in a sentence, never trap.
@Suite struct HostileFilesTests {
  private static let seeds: [(format: DataFormat, text: String)] = [
    (.tabSeparated, "\u{FEFF}sentence\tlabel\r\na film\t1\r\n\r\ndull é\t0"),
    (.commaSeparated, "text,pair,label\n\"a \"\"q\"\"\r\nb\",c,yes\n,,no\n\"\",x,yes\r\n"),
    (
      .jsonLines,
      "{\"text\":\"a\\u00e9\\ud83d\\ude00\",\"label\":true}\n{\"text\":\"b\",\"label\":1}"
    ),
    (
      .json,
      "[\n {\"text\":\"a\\\\\\\"]\",\"label\":1.5},\n{\"text\":\"b\",\"x\":[{}],\"label\":null}]"
    ),
    (.trec, "NUM:dist How far ?\nDESC:def What é\n\n"),
  ]

  @Test(arguments: seeds.indices)
  func `every cut of a file is read or refused`(index: Int) {
    let (format, text) = Self.seeds[index]
    let bytes = Array(text.utf8)
    for end in 0...bytes.count { check(Array(bytes[..<end]), as: format) }
    for start in 0...bytes.count { check(Array(bytes[start...]), as: format) }
  }

  @Test(arguments: seeds.indices)
  func `mutated files are read or refused`(index: Int) {
    let (format, text) = Self.seeds[index]
    let telling = Array("\"\\,\t\n\r{}[]: 0eE-".utf8) + [0x00, 0xFF, 0xC3, 0xEF]
    var random = SplitMix(state: UInt64(index) + 1)
    for _ in 0..<1_500 {
      var bytes = Array(text.utf8)
      for _ in 0...Int.random(in: 0..<4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let byte = telling.randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = byte
        case 1: bytes.insert(byte, at: place)
        default: if bytes.count > 1 { bytes.remove(at: place) }
        }
      }
      check(bytes, as: format)
    }
  }

  private func check(_ bytes: [UInt8], as format: DataFormat) {
    for requireLabels in [true, false] {
      do {
        let read = try examples(of: bytes, as: format, requireLabels: requireLabels)
        #expect(read.allSatisfy { $0.line > 0 && (!requireLabels || $0.label != nil) })
      } catch {
        #expect(error is DataError && "\(error)".hasSuffix("."), "\(bytes)")
      }
    }
  }
}

/// A small generator, so that a failure comes back.
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
