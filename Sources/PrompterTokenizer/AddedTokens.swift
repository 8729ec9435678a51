// SPDX-License-Identifier: Apache-2.0

/// A token that is found in the text itself, before words are split.
struct AddedToken: Equatable {
  var content: String
  var id: Int32 = 0
  /// Found only where no word character touches it.
  var isSingleWord = false
  /// Takes the white space before it, or after it, along.
  var stripsLeft = false
  var stripsRight = false
  /// Looked for in the normalised text rather than in the original.
  var isNormalized = false
  /// Stands for no text.
  var isSpecial = false
}

extension AddedToken {
  /// Gives each token the id of its piece, or the next free number if it is none.
  ///
  /// The ids in the file are not looked at, as in `tokenizers`. A token given again replaces the
  /// one before.
  ///
  /// - Parameters:
  ///   - tokens: The tokens.
  ///   - pieceCount: The number of pieces of the vocabulary; free numbers begin there, or above the
  ///     largest id of the tokens before.
  ///   - idOfPiece: The id of a piece.
  /// - Returns: The tokens that hold, each with its id.
  static func numbered(
    _ tokens: [AddedToken], pieceCount: Int, idOfPiece: ([UInt8]) -> Int32?
  ) -> [AddedToken] {
    var nextID = Int32(clamping: pieceCount)
    var known: [[UInt8]: Int32] = [:]
    var order: [Int32] = []
    var byID: [Int32: AddedToken] = [:]
    for var token in tokens where !token.content.isEmpty {
      let key = Array(token.content.utf8)
      token.id = known[key] ?? idOfPiece(key) ?? nextID
      nextID = max(nextID, token.id == .max ? token.id : token.id + 1)
      known[key] = token.id
      if byID.updateValue(token, forKey: token.id) == nil { order.append(token.id) }
    }
    return order.compactMap { byID[$0] }
  }
}

/// Finds added tokens in a text: the leftmost first, of those the longest.
struct AddedTokenMatcher {
  /// The bytes of the longest token that a file may have: what a search looks ahead at each place.
  static let longestToken = 1_000

  /// The children of the nodes of a trie, by node and scalar.
  private var edges: [UInt64: Int] = [:]
  /// The token that is spelt on the way to each node, and the number of its scalars.
  private var tokens: [(token: AddedToken, length: Int)?] = [nil]
  /// Whether a token starts with an ASCII scalar, to pass over most text quickly.
  private var startsASCII = [Bool](repeating: false, count: 128)

  var isEmpty: Bool { edges.isEmpty }

  private static func key(_ node: Int, _ scalar: Unicode.Scalar) -> UInt64 {
    UInt64(truncatingIfNeeded: node) << 21 | UInt64(scalar.value)
  }

  /// Adds a token that is spelt `scalars` in the text to search; of equal ones the first holds.
  mutating func insert(_ scalars: [Unicode.Scalar], _ token: AddedToken) {
    guard let first = scalars.first else { return }
    if first.isASCII { startsASCII[Int(first.value)] = true }
    var node = 0
    for scalar in scalars {
      let key = Self.key(node, scalar)
      if let next = edges[key] {
        node = next
      } else {
        node = tokens.count
        edges[key] = node
        tokens.append(nil)
      }
    }
    if tokens[node] == nil { tokens[node] = (token, scalars.count) }
  }

  /// A part of a text: an added token, or text between them.
  struct Part {
    var range: Range<Int>
    var id: Int32?
  }

  /// The parts of a text in order, empty ones left out.
  func parts(of text: AlignedText) -> [Part] {
    var parts: [Part] = []
    var covered = 0
    var position = 0
    while !isEmpty, position < text.count {
      guard let (token, length) = match(in: text, at: position) else {
        position += 1
        continue
      }
      var (start, end) = (position, position + length)
      position = end
      if token.isSingleWord, touchesWord(text, start, end) { continue }
      if token.stripsLeft {
        while start > covered, text.scalars[start - 1].properties.isWhitespace { start -= 1 }
      }
      if token.stripsRight {
        while end < text.count, text.scalars[end].properties.isWhitespace { end += 1 }
      }
      if covered < start { parts.append(Part(range: covered..<start)) }
      parts.append(Part(range: start..<end, id: token.id))
      covered = end
    }
    if covered < text.count { parts.append(Part(range: covered..<text.count)) }
    return parts
  }

  @inline(__always)
  private func match(
    in text: AlignedText, at position: Int
  ) -> (token: AddedToken, length: Int)? {
    let first = text.scalars[position]
    if first.isASCII, !startsASCII[Int(first.value)] { return nil }
    var found: (token: AddedToken, length: Int)?
    var node = 0
    for index in position..<text.count {
      guard let next = edges[Self.key(node, text.scalars[index])] else { break }
      node = next
      if let token = tokens[node] { found = token }
    }
    return found
  }

  private func touchesWord(_ text: AlignedText, _ start: Int, _ end: Int) -> Bool {
    (start > 0 && ScalarClass.isWordCharacter(text.scalars[start - 1]))
      || (end < text.count && ScalarClass.isWordCharacter(text.scalars[end]))
  }
}
