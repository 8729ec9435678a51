// SPDX-License-Identifier: Apache-2.0

/// An answer as a table for people.
public struct AnswerTable: Sendable, Equatable {
  /// What stands in a cell.
  public enum Cell: Sendable, Equatable {
    /// Words.
    case text(String)
    /// A probability.
    case share(Double)
    /// A whole number.
    case count(Int)
  }

  /// The names of the columns.
  public var columns: [String]
  /// As many cells in each row.
  public var rows: [[Cell]]

  /// A table from its parts.
  public init(columns: [String], rows: [[Cell]]) {
    (self.columns, self.rows) = (columns, rows)
  }
}

extension Answer {
  /// None: most answers are told by their text.
  public var table: AnswerTable? { nil }
}
