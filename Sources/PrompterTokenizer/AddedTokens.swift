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
  /// What tokens start with, to pass over most text quickly.
  private var starts = Starts()

  var isEmpty: Bool { edges.isEmpty }

  private static func key(_ node: Int, _ scalar: Unicode.Scalar) -> UInt64 {
    UInt64(truncatingIfNeeded: node) << 21 | UInt64(scalar.value)
  }

  /// Adds a token that is spelt `scalars` in the text to search; of equal ones the first holds.
  mutating func insert(_ scalars: [Unicode.Scalar], _ token: AddedToken) {
    guard !scalars.isEmpty else { return }
    starts.insert(scalars)
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
    guard starts.mayStart(at: position, of: text.scalars) else { return nil }
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

/// The first two scalars of tokens, as far as they are ASCII.
private struct Starts {
  /// Whether a token starts with an ASCII scalar.
  private var isFirst = [Bool](repeating: false, count: 128)
  /// Whether a token is that scalar alone, or its second is not ASCII.
  private var mayEnd = [Bool](repeating: false, count: 128)
  /// The second ASCII scalars of tokens, 128 for each first.
  private var isSecond = [Bool](repeating: false, count: 1 << 14)
  /// Whether a token starts with any other scalar.
  private var hasOthers = false

  mutating func insert(_ scalars: [Unicode.Scalar]) {
    guard let first = scalars.first, first.isASCII else {
      hasOthers = true
      return
    }
    isFirst[Int(first.value)] = true
    if scalars.count > 1, scalars[1].isASCII {
      isSecond[Int(first.value) << 7 | Int(scalars[1].value)] = true
    } else {
      mayEnd[Int(first.value)] = true
    }
  }

  /// Whether a token may start at a place; false of most.
  @inline(__always)
  func mayStart(at position: Int, of text: [Unicode.Scalar]) -> Bool {
    let first = text[position]
    guard first.isASCII else { return hasOthers }
    guard isFirst[Int(first.value)] else { return false }
    if mayEnd[Int(first.value)] { return true }
    guard position + 1 < text.count, text[position + 1].isASCII else { return false }
    return isSecond[Int(first.value) << 7 | Int(text[position + 1].value)]
  }
}
