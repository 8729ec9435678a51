// SPDX-License-Identifier: Apache-2.0

internal import PrompterTokenizer

/// A piece of a cloze template.
enum ClozePiece: Equatable, Sendable {
  case literal(String)
  case column(String)
  case mask
}

extension TextTemplate {
  /// The template's pieces, with the places of `[MASK]` as pieces of their own.
  var clozePieces: [ClozePiece] {
    pieces.flatMap { piece -> [ClozePiece] in
      switch piece {
      case .column(let name): return [.column(name)]
      case .literal(let text):
        let parts = text.split(separator: Verbalizer.mask, omittingEmptySubsequences: false)
        let pieces = parts.map { ClozePiece.literal(String($0)) }
        return Array(pieces.map { [$0] }.joined(separator: [.mask]))
      }
    }
  }
}

/// A text with masks in it, and where everything stands.
struct ClozeText {
  private(set) var text = ""
  // In Unicode scalars of the text.
  private var masks = 0..<0
  private var columns: [Range<Int>] = []
  private var length = 0

  /// A template's text.
  ///
  /// - Parameters:
  ///   - pieces: The template's pieces.
  ///   - values: What stands in its columns.
  ///   - mask: The model's mask, as it is spelt.
  ///   - count: The masks that stand side by side in its place.
  init(_ pieces: [ClozePiece], _ values: [String: String], mask: String, count: Int) {
    for piece in pieces {
      switch piece {
      case .literal(let literal): _ = append(literal)
      case .column(let name): columns.append(append(values[name] ?? ""))
      case .mask: masks = append(String(repeating: mask, count: count))
      }
    }
  }

  private mutating func append(_ part: String) -> Range<Int> {
    let start = length
    text.unicodeScalars.append(contentsOf: part.unicodeScalars)
    length += part.unicodeScalars.count
    return start..<length
  }

  /// Shortens the columns' texts at their ends until an encoding of the text is of some length, and
  /// finds the masks of the template, which a text that is put in may have as well.
  ///
  /// The longest column loses first, as of pairs of texts.
  ///
  /// - Parameters:
  ///   - encoding: All tokens of the text.
  ///   - maximumLength: The tokens that there may be.
  ///   - mask: The token of a mask.
  /// - Returns: The encoding and the places of the masks; nil if what is left without the columns
  ///   is too long.
  func fitted(
    _ encoding: Encoding, to maximumLength: Int, mask: Int32
  ) -> (encoding: Encoding, masks: [Int])? {
    let own = columns.map { range in
      encoding.ids.indices.filter {
        encoding.words[$0] != nil && range.contains(encoding.offsets[$0].lowerBound)
      }
    }
    guard let kept = Self.kept(of: own.map(\.count), less: encoding.ids.count - maximumLength)
    else { return nil }
    let dropped = Set(zip(own, kept).flatMap { $0.dropFirst($1) })
    let fitted = encoding.without(dropped)
    let places = fitted.ids.indices.filter {
      fitted.ids[$0] == mask && masks.contains(fitted.offsets[$0].upperBound - 1)
    }
    return (fitted, places)
  }

  // How many tokens each column keeps if there are some too many in all.
  private static func kept(of counts: [Int], less excess: Int) -> [Int]? {
    guard counts.reduce(0, +) >= excess else { return nil }
    var counts = counts
    for _ in 0..<max(0, excess) {
      guard let longest = counts.indices.max(by: { counts[$0] < counts[$1] }) else { return nil }
      counts[longest] -= 1
    }
    return counts
  }
}

extension Encoding {
  /// The encoding without the tokens of some places.
  fileprivate func without(_ places: Set<Int>) -> Encoding {
    func kept<Value>(_ values: [Value]) -> [Value] {
      values.indices.filter { !places.contains($0) }.map { values[$0] }
    }
    return Encoding(
      ids: kept(ids), segments: kept(segments), words: kept(words), offsets: kept(offsets),
      truncatedCount: truncatedCount + places.count)
  }
}
