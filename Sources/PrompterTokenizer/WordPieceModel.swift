// SPDX-License-Identifier: Apache-2.0

/// Splits a word into the longest pieces of a vocabulary, from left to right.
///
/// Wu et al., "Google's Neural Machine Translation System", 2016, section 4.1, as BERT has it.
struct WordPieceModel {
  var vocabulary: Vocabulary
  /// Stands for a word that cannot be split, or is too long.
  var unknownID: Int32
  /// Marks a piece that does not start its word.
  var prefix: [UInt8]
  /// The most scalars of a word that is split at all.
  var maximumScalars: Int

  private let prefixHash: UInt64

  init(vocabulary: Vocabulary, unknownID: Int32, prefix: String, maximumScalars: Int) {
    self.vocabulary = vocabulary
    self.unknownID = unknownID
    self.prefix = Array(prefix.utf8)
    self.maximumScalars = maximumScalars
    prefixHash = prefix.utf8.reduce(Vocabulary.seed, Vocabulary.hash)
  }

  /// Arrays that are used again from word to word.
  struct Scratch {
    fileprivate var bytes: [UInt8] = []
    /// Where each scalar starts in `bytes`, and where the last one ends.
    fileprivate var bounds: [Int] = []
    fileprivate var hashes: [UInt64] = []
  }

  /// Appends the tokens of a word, given as a range of a text.
  ///
  /// - Complexity: O(n²) for a word of n bytes in the worst case, bounded by the longest piece.
  func append(
    _ range: Range<Int>, of text: AlignedText, word: Int32, scratch: inout Scratch,
    to tokens: inout [Token]
  ) {
    let firstToken = tokens.count
    guard range.count <= maximumScalars else {
      return tokens.append(token(unknownID, range, text, word))
    }
    Self.spell(range, of: text, into: &scratch)
    var start = 0
    while start < range.count {
      guard let (end, id) = longestPiece(from: start, count: range.count, &scratch) else {
        tokens.removeSubrange(firstToken...)
        return tokens.append(token(unknownID, range, text, word))
      }
      let covered = range.lowerBound + start..<range.lowerBound + end
      tokens.append(token(id, covered, text, word))
      start = end
    }
  }

  @inline(__always)
  private func token(_ id: Int32, _ range: Range<Int>, _ text: AlignedText, _ word: Int32) -> Token
  {
    Token(
      id: id, word: word, start: text.starts[range.lowerBound],
      end: text.ends[range.upperBound - 1])
  }

  private static func spell(
    _ range: Range<Int>, of text: AlignedText, into scratch: inout Scratch
  ) {
    scratch.bytes.removeAll(keepingCapacity: true)
    scratch.bounds.removeAll(keepingCapacity: true)
    for index in range {
      scratch.bounds.append(scratch.bytes.count)
      let scalar = text.scalars[index]
      if scalar.isASCII {
        scratch.bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      } else {
        scratch.bytes.append(contentsOf: scalar.utf8)
      }
    }
    scratch.bounds.append(scratch.bytes.count)
  }

  /// Hashes every beginning of what is left once, then looks them up from the longest down.
  private func longestPiece(
    from start: Int, count: Int, _ scratch: inout Scratch
  ) -> (end: Int, id: Int32)? {
    let prefix = start == 0 ? [] : self.prefix
    var hash = start == 0 ? Vocabulary.seed : prefixHash
    let limit = scratch.bounds[start] + vocabulary.longest - prefix.count
    scratch.hashes.removeAll(keepingCapacity: true)
    var end = start
    while end < count, scratch.bounds[end + 1] <= limit {
      for index in scratch.bounds[end]..<scratch.bounds[end + 1] {
        hash = Vocabulary.hash(hash, scratch.bytes[index])
      }
      scratch.hashes.append(hash)
      end += 1
    }
    while end > start {
      let range = scratch.bounds[start]..<scratch.bounds[end]
      let hash = scratch.hashes[end - start - 1]
      if let id = vocabulary.id(hash: hash, prefix: prefix, word: scratch.bytes, range) {
        return (end, id)
      }
      end -= 1
    }
    return nil
  }
}
