// SPDX-License-Identifier: Apache-2.0

import PrompterTokenizer

@testable import PrompterTasks

/// A window of a text after a question of one token: [CLS], the question, [SEP], the tokens, [SEP].
func window(_ offsets: [Range<Int>]) -> EncodedInput {
  let count = offsets.count
  let encoding = Encoding(
    ids: [2, 9, 3] + (0..<count).map { Int32(10 + $0) } + [3],
    segments: [0, 0, 0] + Array(repeating: 1, count: count + 1),
    words: [nil, 0, nil] + (0..<count).map { $0 } + [nil],
    offsets: [0..<0, 0..<3, 0..<0] + offsets + [0..<0])
  return EncodedInput(encoding, reading: [0] + (0..<count).map { 3 + $0 })
}

/// Tokens of two characters, a blank behind each.
func tokens(_ range: Range<Int>) -> [Range<Int>] { range.map { 3 * $0..<3 * $0 + 2 } }

/// Outputs with the given scores of starts and ends, and 0 elsewhere.
func scores(_ count: Int, starts: [Int: Float], ends: [Int: Float]) -> [Float] {
  (0..<count).flatMap { [starts[$0] ?? 0, ends[$0] ?? 0] }
}
