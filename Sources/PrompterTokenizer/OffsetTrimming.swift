// SPDX-License-Identifier: Apache-2.0

/// Takes the blanks at both ends of a piece out of its offsets: "Ġdog" covers "dog" alone.
struct OffsetTrimming: Equatable {
  /// Whether a single blank before the first token stays, as one that was put there.
  var keepsPrefixSpace = true

  /// The blanks at both ends of a piece.
  typealias Blanks = (leading: Int, trailing: Int)

  /// The tokens with the offsets of what they say.
  ///
  /// - Parameters:
  ///   - tokens: The tokens of one text, those that did not fit left out.
  ///   - blanks: The blanks of the piece of an id, asked for where no added token stands.
  /// - Returns: The tokens, their ids and words as they are.
  func trimmed(_ tokens: ArraySlice<Token>, _ blanks: (Int32) -> Blanks) -> ArraySlice<Token> {
    var result = tokens
    for index in tokens.indices {
      var token = tokens[index]
      let blanks: Blanks =
        token.leadingBlanks < 0
        ? blanks(token.id) : (Int(token.leadingBlanks), Int(token.trailingBlanks))
      guard blanks != (0, 0) else { continue }
      let isFirst = index == tokens.startIndex || token.start == 0
      let isAdded = isFirst && keepsPrefixSpace && blanks.leading == 1
      let leading = isAdded ? 0 : Int32(truncatingIfNeeded: blanks.leading)
      token.start = min(token.start + leading, token.end)
      let trailing = Int32(truncatingIfNeeded: blanks.trailing)
      if token.end >= trailing { token.end = max(token.end - trailing, token.start) }
      result[index] = token
    }
    return result
  }

  /// The blanks at both ends of a piece: white space, and the character of a space's byte.
  static func blanks(of piece: ArraySlice<UInt8>) -> Blanks {
    var (start, end) = (piece.startIndex, piece.endIndex)
    var blanks = (leading: 0, trailing: 0)
    while start < end, let width = widthOfBlank(piece, start) {
      start += width
      blanks.leading += 1
    }
    guard start < end else { return (blanks.leading, blanks.leading) }
    while true {
      var last = end - 1
      while last > start, piece[last] & 0xC0 == 0x80 { last -= 1 }
      guard widthOfBlank(piece, last) == end - last else { return blanks }
      end = last
      blanks.trailing += 1
    }
  }

  /// The blanks at both ends of what an added token covers.
  static func blanks(in part: ArraySlice<Unicode.Scalar>) -> Blanks {
    func isBlank(_ scalar: Unicode.Scalar) -> Bool {
      scalar == "\u{120}" || scalar.properties.isWhitespace
    }
    return (part.prefix(while: isBlank).count, part.reversed().prefix(while: isBlank).count)
  }

  /// The bytes of the blank at a place; `nil` if it is none.
  private static func widthOfBlank(_ piece: ArraySlice<UInt8>, _ place: Int) -> Int? {
    switch piece[place] {
    case 0x09...0x0D, 0x20: return 1
    case 0xC4: return place + 1 < piece.endIndex && piece[place + 1] == 0xA0 ? 2 : nil
    // The others are in U+0080 to U+00BF and in U+1000 to U+3FFF.
    case 0xC2, 0xE1...0xE3:
      let rest = piece[place...].prefix(piece[place] == 0xC2 ? 2 : 3)
      let isBlank = String(decoding: rest, as: UTF8.self).unicodeScalars.first.map {
        $0.properties.isWhitespace
      }
      return isBlank == true ? rest.count : nil
    default: return nil
    }
  }
}
