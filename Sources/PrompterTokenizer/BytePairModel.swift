// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Joins the characters of a word to pieces, pair by pair in the order in which merges were learnt.
///
/// Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units", 2016;
/// over bytes as in Radford et al., "Language Models are Unsupervised Multitask Learners", 2019.
struct BytePairModel {
  /// What a word is made of at first.
  enum Alphabet {
    /// Its bytes, each written as one of ``ByteCharacters``.
    case bytes
    /// Its Unicode scalars.
    case scalars
  }

  let vocabulary: Vocabulary
  let merges: MergeTable
  let alphabet: Alphabet
  /// Stands for characters that have no piece; `nil` if they are left out.
  let unknownID: Int32?
  /// Whether unknown characters in a row become one piece.
  let fusesUnknown: Bool
  /// Whether a word that is a piece is not looked at further.
  let ignoresMerges: Bool
  /// The pieces `<0x00>` to `<0xFF>`, for characters that have none, -1 for those that are not
  /// there; empty without byte fallback.
  let byteFallback: [Int32]
  /// The pieces of the bytes, -1 for those without; empty for scalars.
  private let byteIDs: [Int32]

  init(
    vocabulary: Vocabulary, merges: MergeTable, alphabet: Alphabet, unknownID: Int32? = nil,
    fusesUnknown: Bool = false, ignoresMerges: Bool = false, fallsBackToBytes: Bool = false
  ) {
    self.vocabulary = vocabulary
    self.merges = merges
    self.alphabet = alphabet
    self.unknownID = unknownID
    self.fusesUnknown = fusesUnknown
    self.ignoresMerges = ignoresMerges
    byteFallback =
      fallsBackToBytes ? (0...255).map { vocabulary.id(of: PieceDecoder.name(of: $0)) ?? -1 } : []
    switch alphabet {
    case .bytes:
      byteIDs = ByteCharacters.scalars.map { vocabulary.id(of: Array($0.utf8)) ?? -1 }
    case .scalars: byteIDs = []
    }
  }

  /// Arrays that are used again from word to word, and the words that were split with them.
  struct Scratch {
    fileprivate var bytes: [UInt8] = []
    fileprivate var merging = PieceMerging()
    fileprivate var pieces: [WordCache.Piece] = []
    fileprivate var cache = WordCache()
  }

  /// Appends the tokens of a word, given as a range of a text.
  ///
  /// - Complexity: O(n log n) for a word of n bytes; O(n) if it was split before.
  func append(
    _ range: Range<Int>, of text: AlignedText, word: Int32, scratch: inout Scratch,
    to tokens: inout [Token]
  ) {
    scratch.bytes.removeAll(keepingCapacity: true)
    text.spell(range, into: &scratch.bytes)
    let hash = Vocabulary.hash(of: scratch.bytes, 0..<scratch.bytes.count)
    if let known = scratch.cache.find(scratch.bytes, hash: hash) {
      for index in known {
        tokens.append(Self.token(scratch.cache.pieces[index], range.lowerBound, text, word))
      }
      return
    }
    split(range, of: text, &scratch)
    scratch.cache.insert(scratch.bytes, hash: hash, scratch.pieces)
    for piece in scratch.pieces {
      tokens.append(Self.token(piece, range.lowerBound, text, word))
    }
  }

  @inline(__always)
  private static func token(
    _ piece: WordCache.Piece, _ start: Int, _ text: AlignedText, _ word: Int32
  ) -> Token {
    Token(
      id: piece.id, word: word, start: text.starts[start + Int(piece.start)],
      end: text.ends[start + Int(piece.end) - 1])
  }

  /// Splits a word whose bytes are spelt already.
  private func split(_ range: Range<Int>, of text: AlignedText, _ scratch: inout Scratch) {
    scratch.pieces.removeAll(keepingCapacity: true)
    scratch.merging.removeAll()
    if ignoresMerges, let id = vocabulary.id(of: modelSpelling(scratch.bytes)) {
      let count = Int32(truncatingIfNeeded: range.count)
      return scratch.pieces.append(WordCache.Piece(id: id, start: 0, end: count))
    }
    switch alphabet {
    case .bytes: appendBytes(&scratch)
    case .scalars: appendScalars(range, of: text, &scratch)
    }
    scratch.merging.join(merges)
    Self.align(range, of: text, &scratch)
  }

  private func modelSpelling(_ bytes: [UInt8]) -> [UInt8] {
    alphabet == .bytes ? ByteCharacters.spelling(of: bytes) : bytes
  }

  // MARK: Characters

  private func appendBytes(_ scratch: inout Scratch) {
    var unknown = 0
    for byte in scratch.bytes {
      let id = byteIDs[Int(byte)]
      if id >= 0 {
        flush(&unknown, &scratch)
        scratch.merging.append(id, length: 1)
      } else {
        missing(ByteCharacters.spelling(of: [byte])[...], length: 1, &unknown, &scratch)
      }
    }
    flush(&unknown, &scratch)
  }

  private func appendScalars(
    _ range: Range<Int>, of text: AlignedText, _ scratch: inout Scratch
  ) {
    var unknown = 0
    var start = 0
    for index in range {
      let end = start + UTF8.width(text.scalars[index])
      let spelling = start..<end
      let hash = Vocabulary.hash(of: scratch.bytes, spelling)
      if let id = vocabulary.id(hash: hash, prefix: [], word: scratch.bytes, spelling) {
        flush(&unknown, &scratch)
        scratch.merging.append(id, length: end - start)
      } else {
        missing(scratch.bytes[spelling], length: end - start, &unknown, &scratch)
      }
      start = end
    }
    flush(&unknown, &scratch)
  }

  /// Appends what stands for a character without a piece, or holds it back while more may follow.
  private func missing(
    _ spelling: ArraySlice<UInt8>, length: Int, _ unknown: inout Int, _ scratch: inout Scratch
  ) {
    if !byteFallback.isEmpty, spelling.allSatisfy({ byteFallback[Int($0)] >= 0 }) {
      for byte in spelling { scratch.merging.append(byteFallback[Int(byte)], length: 1) }
      return
    }
    guard unknownID != nil else { return }
    if !fusesUnknown { flush(&unknown, &scratch) }
    unknown += length
  }

  @inline(__always)
  private func flush(_ unknown: inout Int, _ scratch: inout Scratch) {
    guard unknown > 0, let unknownID else { return }
    scratch.merging.append(unknownID, length: unknown)
    unknown = 0
  }

  // MARK: Places

  /// Finds the scalars that each piece covers, also where it ends within one.
  private static func align(
    _ range: Range<Int>, of text: AlignedText, _ scratch: inout Scratch
  ) {
    var scalar = 0
    var scalarStart = 0
    var width = UTF8.width(text.scalars[range.lowerBound])
    var byte = 0
    func advance() {
      scalarStart += width
      scalar += 1
      if scalar < range.count { width = UTF8.width(text.scalars[range.lowerBound + scalar]) }
    }
    for (id, length) in zip(scratch.merging.ids, scratch.merging.lengths) {
      while scalarStart + width <= byte { advance() }
      let start = scalar
      byte += Int(length)
      while scalarStart + width < byte { advance() }
      scratch.pieces.append(
        WordCache.Piece(
          id: id, start: Int32(truncatingIfNeeded: start),
          end: Int32(truncatingIfNeeded: scalar + 1)))
    }
  }
}

/// Scratch arrays that no thread uses at the moment.
///
/// Each text takes some and gives them back, so that threads do not wait for one another and what
/// one has learnt of words is not lost.
final class BytePairScratches: Sendable {
  private let idle = Mutex<[BytePairModel.Scratch]>([])

  /// Calls `body` with arrays that nobody else has.
  func with<Result>(_ body: (inout BytePairModel.Scratch) -> Result) -> Result {
    var scratch = idle.withLock { $0.popLast() } ?? BytePairModel.Scratch()
    let result = body(&scratch)
    idle.withLock { $0.append(scratch) }
    return result
  }
}
