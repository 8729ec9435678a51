// SPDX-License-Identifier: Apache-2.0

/// What of a file was not read, so that nothing is left out in silence.
public struct Omissions: Sendable, Equatable {
  /// The number of rows that were passed over, because the published file is broken there.
  public private(set) var rowCount = 0

  /// The line on which the first of these rows starts.
  public private(set) var firstLine: Int?

  /// Why a row is passed over.
  enum Reason: Sendable {
    case broken, noPredicate
  }

  private var reason = Reason.broken

  /// The columns that no field takes, in the order of the file.
  public internal(set) var columns: [String] = []

  /// Sentences on examples that were left out, or read otherwise than the file says, without the
  /// file's name.
  public internal(set) var remarks: [String] = []

  /// The columns that were read, from which the others follow; nil where a format has none.
  var read: Fields?

  /// Nothing left out.
  public init() {}

  /// Counts a row that is passed over.
  mutating func passOver(line: Int, because reason: Reason = .broken) {
    rowCount += 1
    guard firstLine == nil else { return }
    (firstLine, self.reason) = (line, reason)
  }

  /// A sentence on the rows that were passed over, without the file's name; nil if there are none.
  public var rowSentence: String? {
    firstLine.map { line in
      if reason == .noPredicate {
        return rowCount == 1
          ? "the sentence on line \(line) was passed over: it has no predicate"
          : "\(rowCount) sentences were passed over, the first of them on line \(line): they have "
            + "no predicate"
      }
      return rowCount == 1
        ? "line \(line) was passed over: it is not a whole row, or has no label"
        : "\(rowCount) lines were passed over, the first of them line \(line): they are not whole "
          + "rows, or have no label"
    }
  }

  /// A sentence on the columns that no field takes, without the file's name; nil if there are none.
  public var columnSentence: String? {
    columns.isEmpty ? nil : "not read: \(DataError.listed(columns))"
  }
}
