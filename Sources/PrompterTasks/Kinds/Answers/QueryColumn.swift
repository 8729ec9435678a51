// SPDX-License-Identifier: Apache-2.0

/// A column of queries that have others than a text and its pair.
public struct QueryColumn: Sendable, Equatable {
  /// What ``Query/columns`` calls it.
  public var name: String
  /// What objects and tables may call it, ``name`` included.
  public var spellings: [String]
  /// Whether a number or a list is taken as JSON spells it, rather than a string alone.
  public var takesAnyValue: Bool
  /// Whether a message on what is missing names it.
  public var isNamed: Bool

  /// A column from its parts; it has its own name unless others are given.
  public init(
    _ name: String, spellings: [String] = [], takesAnyValue: Bool = false, isNamed: Bool = true
  ) {
    self.name = name
    self.spellings = spellings.contains(name) ? spellings : spellings + [name]
    self.takesAnyValue = takesAnyValue
    self.isNamed = isNamed
  }
}
