// SPDX-License-Identifier: Apache-2.0

/// A text as a key, equal to another only if their bytes are.
///
/// Swift compares and hashes strings by their normal form. That takes canonically equivalent keys
/// for one, which no format means, and orders runs of combining marks by insertion: a name of
/// 80,000 of them takes minutes. Keys that a file decides are therefore compared byte by byte.
///
/// - Complexity: O(n) to hash and to compare n bytes.
public struct UTF8Key: Hashable, Sendable {
  /// The text.
  public let text: String

  /// The key that a text is.
  public init(_ text: String) {
    self.text = text
  }

  /// Whether the bytes are the same.
  public static func == (left: UTF8Key, right: UTF8Key) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  /// Feeds the bytes, eight at a time, and their number.
  public func hash(into hasher: inout Hasher) {
    var word: UInt64 = 0
    var count = 0
    for byte in text.utf8 {
      word = word << 8 | UInt64(byte)
      count += 1
      if count % 8 == 0 {
        hasher.combine(word)
        word = 0
      }
    }
    hasher.combine(word)
    hasher.combine(count)
  }
}

extension UTF8Key: Comparable {
  /// Whether the bytes come first, as unsigned numbers.
  public static func < (left: UTF8Key, right: UTF8Key) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}
