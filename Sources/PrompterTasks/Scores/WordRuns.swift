// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// How often each run of so many words occurs in a text.
struct WordRuns {
  private(set) var counts: [ArraySlice<UTF8Key>: Int] = [:]

  /// All runs together.
  let total: Int

  /// The runs of `length` words.
  init(_ words: [String], length: Int) {
    total = max(0, words.count - length + 1)
    let words = words.map(UTF8Key.init)
    for start in 0..<total { counts[words[start..<start + length], default: 0] += 1 }
  }

  private init(counts: [ArraySlice<UTF8Key>: Int]) {
    self.counts = counts
    total = counts.values.reduce(0, +)
  }

  /// The runs that two texts have in common, each as often as in the one that has fewer.
  func common(with other: WordRuns) -> Int {
    counts.reduce(0) { $0 + min($1.value, other.counts[$1.key] ?? 0) }
  }

  /// Each run as often as in whichever of two texts has more.
  func union(_ other: WordRuns) -> WordRuns {
    WordRuns(counts: counts.merging(other.counts, uniquingKeysWith: max))
  }
}
