// SPDX-License-Identifier: Apache-2.0

import PrompterJSON
import PrompterTasks
import PrompterTokenizer

/// The tags of a text's words, as far as the text was not cut.
struct WordTags: Answer {
  /// A word with its likeliest tag.
  struct Tag: Sendable, Equatable {
    let word: String
    let tag: String
    let probability: Double
  }

  let tags: [Tag]

  /// The tags in the words' order, between blanks.
  var text: String { tags.map(\.tag).joined(separator: " ") }

  /// That all of them are right, if each is for itself.
  var probability: Double? { tags.isEmpty ? nil : tags.reduce(1) { $0 * $1.probability } }

  /// The words, each with its tag and how probable that is.
  func members(top: Int?) -> [JSONValue.Member] {
    let words = tags.map { tag in
      JSONValue.object([
        JSONValue.Member(name: "word", value: .string(tag.word)),
        JSONValue.Member(name: "tag", value: .string(tag.tag)),
        JSONValue.Member(name: "probability", value: .number(tag.probability)),
      ])
    }
    return [JSONValue.Member(name: "words", value: .array(words))]
  }
}

/// The words of a text, between blanks.
struct Words {
  let texts: [String]
  // In Unicode scalars of the text, as encodings have it.
  private let ranges: [Range<Int>]

  init(of text: String) {
    let scalars = Array(text.unicodeScalars)
    let parts = scalars.indices.split { scalars[$0].properties.isWhitespace }
    ranges = parts.map { $0.startIndex..<$0.endIndex }
    texts = parts.map { part in
      part.reduce(into: "") { $0.unicodeScalars.append(scalars[$1]) }
    }
  }

  /// Where each word is read: at its first piece.
  ///
  /// One without pieces, as of nothing but control
  /// characters, is read where the one before it is; those that were cut off are not read. Of a
  /// text without words the first token is read.
  func places(in encoding: Encoding) -> [Int] {
    let pieces = ranges.map { range in
      encoding.offsets.indices.first {
        encoding.words[$0] != nil && range.contains(encoding.offsets[$0].lowerBound)
      }
    }
    let count = (pieces.lastIndex { $0 != nil } ?? -1) + 1
    var place = 0
    let places = pieces.prefix(count).map { piece in
      place = piece ?? place
      return place
    }
    return places.isEmpty ? [0] : places
  }
}
