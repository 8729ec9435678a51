// SPDX-License-Identifier: Apache-2.0

/// Splits a text into the pieces whose scores have the largest sum.
///
/// Kudo, "Subword Regularization", 2018: the score of a piece is the logarithm of its probability,
/// and the best of all splits is found by Viterbi's algorithm, from left to right over the bytes.
struct UnigramModel {
  /// Whose arithmetic is followed, so that equal and nearly equal sums fall the same way.
  enum Arithmetic {
    /// Sums are kept in single precision.
    case sentencePiece
    /// Sums are kept in double precision; unknown characters in a row may still be a piece.
    case tokenizers
  }

  /// The bytes of the longest piece that a file may have: what a search looks ahead at each place.
  static let longestPiece = 1_000

  /// The pieces that a text is searched for, and those found only by their name.
  private(set) var trie: PieceTrie
  /// The bytes of piece `n` are `bounds[n]..<bounds[n + 1]`.
  private var bytes: [UInt8] = []
  private var bounds: [Int] = [0]
  private let arithmetic: Arithmetic
  /// Stands for characters that no piece covers.
  var unknownID: Int32 = 0
  /// How such a character counts: ten below the worst piece.
  var unknownScore: Double = 0
  /// The pieces of the 256 bytes, -1 for those that have none; empty without byte fallback.
  var byteIDs: [Int32] = []

  /// The number of pieces; their ids are the numbers below it.
  var count: Int { bounds.count - 1 }

  init(minimumCapacity: Int, arithmetic: Arithmetic) {
    trie = PieceTrie(minimumCapacity: minimumCapacity)
    bounds.reserveCapacity(minimumCapacity + 1)
    bytes.reserveCapacity(minimumCapacity * 8)
    self.arithmetic = arithmetic
  }

  /// Appends a piece; a score that is not a number keeps it from being found in texts.
  ///
  /// - Returns: The id of an equal piece before it, -1 if it is new, `nil` if there is no room.
  mutating func append(_ piece: some Collection<UInt8>, score: Double) -> Int32? {
    let id = Int32(truncatingIfNeeded: count)
    guard let before = trie.insert(piece, id: id, score: score) else { return nil }
    bytes.append(contentsOf: piece)
    bounds.append(bytes.count)
    return before
  }

  /// The bytes of a piece.
  func piece(_ id: Int32) -> ArraySlice<UInt8>? {
    guard id >= 0, id < count else { return nil }
    return bytes[bounds[Int(id)]..<bounds[Int(id) + 1]]
  }

  /// The id of the piece of a byte: `<0x41>` for "A".
  func byteID(_ byte: UInt8) -> Int32 {
    trie.id(of: PieceDecoder.name(of: byte)) ?? -1
  }

  /// Arrays that are used again from text to text.
  struct Scratch {
    fileprivate var bytes: [UInt8] = []
    /// Of the best split that ends at each byte: the sum of its scores, where its last piece
    /// starts (-1 if nothing ends there), and that piece.
    fileprivate var sums: [Double] = []
    fileprivate var starts: [Int32] = []
    fileprivate var ids: [Int32] = []
    /// The best split of all, from its end to its start.
    fileprivate var path: [(start: Int, end: Int, id: Int32)] = []

    fileprivate mutating func reset() {
      let count = bytes.count + 1
      while sums.count < count {
        sums.append(0)
        starts.append(-1)
        ids.append(0)
      }
      sums[0] = 0
      for index in 0..<count { starts[index] = -1 }
      path.removeAll(keepingCapacity: true)
    }
  }

  /// Appends the tokens of a range of a text.
  ///
  /// At each `opening` scalar a new word starts, counted on in `word`.
  ///
  /// - Complexity: O(n) for n bytes, times the length of the longest piece in the worst case.
  func append(
    _ range: Range<Int>, of text: AlignedText, word: inout Int32, opening: Unicode.Scalar?,
    scratch: inout Scratch, to tokens: inout [Token]
  ) {
    guard !range.isEmpty else { return }
    scratch.bytes.removeAll(keepingCapacity: true)
    text.spell(range, into: &scratch.bytes)
    scratch.reset()
    search(&scratch)
    backtrack(&scratch)
    var scalar = range.lowerBound
    for piece in scratch.path.reversed() {
      let first = scalar
      var byte = piece.start
      while byte < piece.end {
        byte += Self.length(scratch.bytes[byte])
        scalar += 1
      }
      if let opening, first > range.lowerBound, text.scalars[first] == opening { word += 1 }
      let token = Token(
        id: piece.id, word: word, start: text.starts[first], end: text.ends[scalar - 1])
      emit(token, scratch.bytes[piece.start..<piece.end], to: &tokens)
    }
  }

  /// The bytes of the UTF-8 sequence that starts with a byte.
  @inline(__always)
  private static func length(_ lead: UInt8) -> Int {
    lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
  }

  private func search(_ scratch: inout Scratch) {
    let count = scratch.bytes.count
    var start = 0
    while start < count {
      let sum = scratch.sums[start]
      let single = start + Self.length(scratch.bytes[start])
      var hasSingle = false
      var node = PieceTrie.root
      var end = start
      while end < count {
        node = trie.child(of: node, scratch.bytes[end])
        if node == PieceTrie.root { break }
        end += 1
        let score = trie.scores[node]
        guard !score.isNaN else { continue }
        offer(sum + score, start, end, trie.ids[node], &scratch)
        if end == single { hasSingle = true }
      }
      if !hasSingle { offer(rounded(sum + unknownScore), start, single, unknownID, &scratch) }
      start = single
    }
  }

  /// Takes a split that ends at a byte if it is better than the best so far; the first of equal
  /// ones holds.
  @inline(__always)
  private func offer(
    _ sum: Double, _ start: Int, _ end: Int, _ id: Int32, _ scratch: inout Scratch
  ) {
    let sum = rounded(sum)
    guard scratch.starts[end] < 0 || sum > scratch.sums[end] else { return }
    scratch.sums[end] = sum
    scratch.starts[end] = Int32(truncatingIfNeeded: start)
    scratch.ids[end] = id
  }

  @inline(__always)
  private func rounded(_ sum: Double) -> Double {
    arithmetic == .sentencePiece ? Double(Float(sum)) : sum
  }

  /// Follows the best split from its end; unknown characters in a row become one piece.
  private func backtrack(_ scratch: inout Scratch) {
    var end = scratch.bytes.count
    while end > 0 {
      let (start, id) = (Int(scratch.starts[end]), scratch.ids[end])
      let last = scratch.path.count - 1
      if id == unknownID, last >= 0, scratch.path[last].id == unknownID {
        scratch.path[last].start = start
      } else {
        scratch.path.append((start, end, id))
      }
      end = start
    }
  }

  /// An unknown piece may be spelt in bytes.
  @inline(__always)
  private func emit(_ token: Token, _ spelling: ArraySlice<UInt8>, to tokens: inout [Token]) {
    guard token.id == unknownID else { return tokens.append(token) }
    var token = token
    if arithmetic == .tokenizers, let id = trie.id(of: spelling) {
      token.id = id
      return tokens.append(token)
    }
    guard !byteIDs.isEmpty, spelling.allSatisfy({ byteIDs[Int($0)] >= 0 }) else {
      return tokens.append(token)
    }
    for byte in spelling {
      token.id = byteIDs[Int(byte)]
      tokens.append(token)
    }
  }
}

extension AlignedText {
  /// Appends the UTF-8 bytes of a range.
  @inline(__always)
  func spell(_ range: Range<Int>, into bytes: inout [UInt8]) {
    for index in range {
      let scalar = scalars[index]
      if scalar.isASCII {
        bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      } else {
        bytes.append(contentsOf: scalar.utf8)
      }
    }
  }
}
