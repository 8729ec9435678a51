// SPDX-License-Identifier: Apache-2.0

/// A text, or a pair of texts, as the ids a model reads.
///
/// The four arrays have one element for each token, special tokens included.
public struct Encoding: Sendable, Equatable {
  /// The ids of the tokens.
  public var ids: [Int32]

  /// The segment (token type id) of each token.
  public var segments: [Int32]

  /// The word each token comes from, counted within its own text; `nil` for special tokens.
  public var words: [Int?]

  /// The Unicode scalars of the original text that each token covers; `0..<0` for special tokens.
  public var offsets: [Range<Int>]

  /// The number of tokens that did not fit; 0 if all did.
  public var truncatedCount: Int

  /// An encoding from its parts.
  public init(
    ids: [Int32], segments: [Int32], words: [Int?], offsets: [Range<Int>], truncatedCount: Int = 0
  ) {
    self.ids = ids
    self.segments = segments
    self.words = words
    self.offsets = offsets
    self.truncatedCount = truncatedCount
  }

  /// The number of special tokens that the template put at the end: `</s>`, `[SEP]`.
  ///
  /// Special tokens that stood in the text itself belong to a word and are not counted.
  public var closingCount: Int { words.reversed().prefix { $0 == nil }.count }

  /// The number of special tokens that the template put at the start: `[CLS]`, none for T5.
  ///
  /// An encoding of special tokens alone has none at the start, all of them at the end.
  public var openingCount: Int { min(words.prefix { $0 == nil }.count, words.count - closingCount) }

  /// An encoding without tokens, with room for some.
  init(capacity: Int) {
    self.init(ids: [], segments: [], words: [], offsets: [])
    ids.reserveCapacity(capacity)
    segments.reserveCapacity(capacity)
    words.reserveCapacity(capacity)
    offsets.reserveCapacity(capacity)
  }

  /// Appends a special token, which belongs to no text.
  mutating func append(special id: Int32, segment: Int32) {
    ids.append(id)
    segments.append(segment)
    words.append(nil)
    offsets.append(0..<0)
  }

  /// Appends the tokens of a text.
  mutating func append(_ tokens: ArraySlice<Token>, segment: Int32) {
    for token in tokens {
      ids.append(token.id)
      segments.append(segment)
      words.append(Int(token.word))
      offsets.append(Int(token.start)..<Int(max(token.start, token.end)))
    }
  }
}

/// One token of a text, before templates and truncation.
struct Token {
  var id: Int32
  var word: Int32
  /// Unicode scalars of the original text.
  var start: Int32
  var end: Int32
  /// The blanks at both ends of an added token as it stands in the text; -1 of a piece, whose
  /// vocabulary says.
  var leadingBlanks: Int32 = -1
  var trailingBlanks: Int32 = -1
}
