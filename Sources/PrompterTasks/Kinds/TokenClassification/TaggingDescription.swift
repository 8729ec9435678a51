// SPDX-License-Identifier: Apache-2.0

/// What a task whose answers are tags of words asks, and how its files are read.
public struct TaggingDescription: Codable, Sendable, Equatable {
  /// Which pieces of a word learn its tag.
  public enum Pieces: String, Codable, Sendable, CaseIterable {
    /// The first, at which the tag is read too.
    case first
    /// Each of them; the tag is read at the first all the same.
    case all
  }

  /// How tags say what belongs together; nil until training data tell.
  public var scheme: TagScheme?

  /// Which pieces of a word learn its tag.
  public var pieces: Pieces

  /// The number of the column of words, counted from 1, in files of columns; nil for the first.
  public var wordColumn: Int?

  /// The number of the column of tags, counted from 1, in files of columns; nil for the last.
  public var tagColumn: Int?

  /// What whole numbers in place of tags mean, and all tags there are; nil to read them from data.
  public var names: [String]?

  /// Whether an example asks about one of its words, its predicate, whose arguments are tagged.
  public var marksPredicate: Bool

  /// A description from its parts.
  public init(
    scheme: TagScheme? = nil, pieces: Pieces = .first, wordColumn: Int? = nil,
    tagColumn: Int? = nil, names: [String]? = nil, marksPredicate: Bool = false
  ) {
    self.scheme = scheme
    self.pieces = pieces
    self.wordColumn = wordColumn
    self.tagColumn = tagColumn
    self.names = names
    self.marksPredicate = marksPredicate
  }

  private enum CodingKeys: String, CodingKey {
    case scheme, pieces, names
    case wordColumn = "word_column"
    case tagColumn = "tag_column"
    case marksPredicate = "marks_predicate"
  }
}
