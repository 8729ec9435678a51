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
  static func numbered(
    _ tokens: [AddedToken], nextID: Int32, idOfPiece: ([UInt8]) -> Int32?
  ) -> [AddedToken] {
    var nextID = nextID
    var known: [[UInt8]: Int32] = [:]
    var order: [Int32] = []
    var byID: [Int32: AddedToken] = [:]
    for var token in tokens where !token.content.isEmpty {
      let key = Array(token.content.utf8)
      if let id = known[key] ?? idOfPiece(key) {
        token.id = id
      } else {
        token.id = nextID
        nextID &+= 1
      }
      known[key] = token.id
      if byID.updateValue(token, forKey: token.id) == nil { order.append(token.id) }
    }
    return order.compactMap { byID[$0] }
  }
}

/// Finds added tokens in a text: the leftmost first, of those the longest.
struct AddedTokenMatcher {
  private struct Pattern {
    var scalars: [Unicode.Scalar]
    var token: AddedToken
  }

  /// Patterns by their first scalar, the longest first.
  private var patterns: [Unicode.Scalar: [Pattern]] = [:]
  /// Whether a pattern starts with an ASCII scalar, to pass over most text quickly.
  private var startsASCII = [Bool](repeating: false, count: 128)

  var isEmpty: Bool { patterns.isEmpty }

  /// Adds a token that is spelt `scalars` in the text to search.
  mutating func insert(_ scalars: [Unicode.Scalar], _ token: AddedToken) {
    guard let first = scalars.first else { return }
    if first.isASCII { startsASCII[Int(first.value)] = true }
    patterns[first, default: []].append(Pattern(scalars: scalars, token: token))
    patterns[first]?.sort { $0.scalars.count > $1.scalars.count }
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
    while !patterns.isEmpty, position < text.count {
      guard let pattern = match(in: text, at: position) else {
        position += 1
        continue
      }
      var (start, end) = (position, position + pattern.scalars.count)
      position = end
      if pattern.token.isSingleWord, touchesWord(text, start, end) { continue }
      if pattern.token.stripsLeft {
        while start > covered, text.scalars[start - 1].properties.isWhitespace { start -= 1 }
      }
      if pattern.token.stripsRight {
        while end < text.count, text.scalars[end].properties.isWhitespace { end += 1 }
      }
      if covered < start { parts.append(Part(range: covered..<start)) }
      parts.append(Part(range: start..<end, id: pattern.token.id))
      covered = end
    }
    if covered < text.count { parts.append(Part(range: covered..<text.count)) }
    return parts
  }

  @inline(__always)
  private func match(in text: AlignedText, at position: Int) -> Pattern? {
    let first = text.scalars[position]
    if first.isASCII, !startsASCII[Int(first.value)] { return nil }
    return patterns[first]?.first { pattern in
      position + pattern.scalars.count <= text.count
        && text.scalars[position..<position + pattern.scalars.count]
          .elementsEqual(pattern.scalars)
    }
  }

  private func touchesWord(_ text: AlignedText, _ start: Int, _ end: Int) -> Bool {
    (start > 0 && ScalarClass.isWordCharacter(text.scalars[start - 1]))
      || (end < text.count && ScalarClass.isWordCharacter(text.scalars[end]))
  }
}
