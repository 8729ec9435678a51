// SPDX-License-Identifier: Apache-2.0

/// How the rows of a batch are shared out over replicas.
public enum RowSplit {
  /// Cuts rows into consecutive parts of about equal cost.
  ///
  /// The cut depends on the costs alone, never on timings, so the same rows are always split alike.
  ///
  /// - Parameters:
  ///   - costs: The cost of each row: its slots, as a rule.
  ///   - parts: The number of replicas.
  /// - Returns: As many ranges as parts, some empty if there are fewer rows.
  public static func ranges(costs: [Int], parts: Int) -> [Range<Int>] {
    let total = costs.reduce(0, +)
    var ranges: [Range<Int>] = []
    var (row, spent) = (0, 0)
    for part in 1...parts {
      let start = row
      let goal = total * part / parts
      // A row goes to the part in which at least half of it falls.
      while row < costs.count, part == parts || spent + costs[row] / 2 < goal {
        spent += costs[row]
        row += 1
      }
      ranges.append(start..<row)
    }
    return ranges
  }
}
