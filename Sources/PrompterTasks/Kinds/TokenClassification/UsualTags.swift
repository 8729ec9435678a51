// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// What a word is tagged most often, whatever stands around it: the baseline of tags.
///
/// A word that was never seen gets the tag that most words have; of equally frequent tags the first
/// is taken.
struct UsualTags {
  private var words: [UTF8Key: [Int: Int]] = [:]
  private var totals: [Int: Int] = [:]

  /// The tags of some texts' words, given as indices.
  init(_ texts: some Sequence<(words: [String], tags: [Int])>) {
    for text in texts { add(text.words, text.tags, 1) }
  }

  private mutating func add(_ words: [String], _ tags: [Int], _ count: Int) {
    for (word, tag) in zip(words, tags) {
      self.words[UTF8Key(word), default: [:]][tag, default: 0] += count
      totals[tag, default: 0] += count
    }
  }

  /// The tags of words.
  func tags(of words: [String]) -> [Int] {
    let most = Self.most(totals) ?? 0
    return words.map { self.words[UTF8Key($0)].flatMap(Self.most) ?? most }
  }

  /// The tags of the words of one of the texts, told by the others alone.
  mutating func tagsByOthers(of words: [String], tagged tags: [Int]) -> [Int] {
    add(words, tags, -1)
    defer { add(words, tags, 1) }
    return self.tags(of: words)
  }

  private static func most(_ counts: [Int: Int]) -> Int? {
    counts.filter { $0.value > 0 }.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }
}
