// SPDX-License-Identifier: Apache-2.0

/// What SentencePiece does to a text before it is split: maps characters to their normal forms,
/// folds spaces, puts one in front, and writes them as U+2581.
struct SentencePieceNormalizer {
  var map: CharacterMap
  /// Puts a space in front of the text.
  var addsDummyPrefix = true
  /// Drops spaces at both ends and all but one in a row.
  var removesExtraSpaces = true
  /// Writes a space as U+2581.
  var escapesSpaces = true
  /// The user-defined symbols, which are never normalised; `nil` if there are none.
  var symbols: PieceTrie?

  static let escapedSpace: Unicode.Scalar = "\u{2581}"

  /// How a space is written.
  var space: Unicode.Scalar { escapesSpaces ? Self.escapedSpace : " " }

  /// The normal form of a part of a text.
  func normalize(_ text: AlignedText, _ range: Range<Int>) -> AlignedText {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count + range.count / 8)
    text.spell(range, into: &bytes)
    var result = AlignedText(capacity: bytes.count + 1)
    var place = Place(byte: 0, scalar: range.lowerBound)
    if removesExtraSpaces {
      while let next = next(bytes, text, place), next.isSpace(bytes, text, place, map) {
        place = next.end
      }
    }
    guard place.byte < bytes.count else { return result }
    if addsDummyPrefix {
      let start = text.starts[place.scalar]
      result.append(space, start, start)
    }
    var followsSpace = removesExtraSpaces
    while let next = next(bytes, text, place) {
      let (start, end) = (text.starts[place.scalar], text.ends[next.end.scalar - 1])
      if let form = next.form {
        var isOpening = true
        for scalar in map.form(at: form) {
          if isOpening, followsSpace, scalar == " " { continue }
          isOpening = false
          result.append(scalar == " " ? space : scalar, start, end)
          followsSpace = scalar == " "
        }
      } else {
        append(text, place.scalar..<next.end.scalar, &followsSpace, to: &result)
      }
      place = next.end
      if !removesExtraSpaces { followsSpace = false }
    }
    if removesExtraSpaces {
      while result.scalars.last == space { result.removeLast() }
    }
    return result
  }

  /// Appends characters that stay as they are.
  @inline(__always)
  private func append(
    _ text: AlignedText, _ range: Range<Int>, _ followsSpace: inout Bool,
    to result: inout AlignedText
  ) {
    var isOpening = true
    for index in range {
      let scalar = text.scalars[index]
      let isSpace = scalar == " "
      if isOpening, followsSpace, isSpace { continue }
      isOpening = false
      result.append(isSpace ? space : scalar, text.starts[index], text.ends[index])
      followsSpace = isSpace
    }
  }

  private struct Place {
    var byte: Int
    var scalar: Int
  }

  /// The next characters that are normalised together.
  private struct Step {
    var end: Place
    /// Where their normal form starts; `nil` if they stay as they are.
    var form: Int?

    func isSpace(_ bytes: [UInt8], _ text: AlignedText, _ start: Place, _ map: CharacterMap) -> Bool
    {
      if let form { return map.form(at: form) == [" "] }
      return end.byte == start.byte + 1 && bytes[start.byte] == UInt8(ascii: " ")
    }
  }

  @inline(__always)
  private func next(_ bytes: [UInt8], _ text: AlignedText, _ place: Place) -> Step? {
    guard place.byte < bytes.count else { return nil }
    let rest = place.byte..<bytes.count
    if let length = symbolLength(bytes, rest) {
      return Step(end: advanced(place, by: length, text))
    }
    if let (length, form) = map.longestMatch(bytes, rest) {
      return Step(end: advanced(place, by: length, text), form: form)
    }
    let length = UTF8.width(text.scalars[place.scalar])
    return Step(end: Place(byte: place.byte + length, scalar: place.scalar + 1))
  }

  private func advanced(_ place: Place, by length: Int, _ text: AlignedText) -> Place {
    var next = place
    while next.byte < place.byte + length {
      next.byte += UTF8.width(text.scalars[next.scalar])
      next.scalar += 1
    }
    return next
  }

  /// The length of the longest user-defined symbol that a range of bytes starts with.
  @inline(__always)
  private func symbolLength(_ bytes: [UInt8], _ range: Range<Int>) -> Int? {
    guard let symbols else { return nil }
    var node = PieceTrie.root
    var length: Int?
    for index in range {
      node = symbols.child(of: node, bytes[index])
      if node == PieceTrie.root { break }
      if symbols.ids[node] >= 0 { length = index + 1 - range.lowerBound }
    }
    return length
  }
}

extension AlignedText {
  mutating func removeLast() {
    scalars.removeLast()
    starts.removeLast()
    ends.removeLast()
  }
}
