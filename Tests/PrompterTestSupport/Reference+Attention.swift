// SPDX-License-Identifier: Apache-2.0

public import PrompterKernels

extension Reference {
  /// Prompts' keys and values in one table, and the range of it that each batch row sees.
  public struct Prefix {
    let keys: Matrix
    let values: Matrix
    let ranges: [Range<Int>]

    /// A table and a range of it for each batch row.
    public init(keys: Matrix, values: Matrix, ranges: [Range<Int>]) {
      self.keys = keys
      self.values = values
      self.ranges = ranges
    }
  }

  /// Attention of every query over its row's prompt and its row's own keys, head by head.
  ///
  /// `queries`, `keys` and `values` have `kernel.width` columns. `bias` is what is added to the
  /// scaled score of a head for a key so many places after its query, `terms` what is added to its
  /// product before that for a key of the text.
  public static func attention(
    _ kernel: AttentionKernel, queries: Matrix, keys: Matrix, values: Matrix, prefix: Prefix?,
    bias: (_ head: Int, _ distance: Int) -> Double = { _, _ in 0 },
    terms: (_ head: Int, _ query: Int, _ key: Int, _ distance: Int) -> Double = { _, _, _, _ in 0 }
  ) -> Matrix {
    var result = Matrix(rows: queries.rows, columns: kernel.width)
    for row in 0..<kernel.rows {
      let text = Int(kernel.keys.begin[row])..<Int(kernel.keys.end[row])
      let prompt = prefix?.ranges[row] ?? 0..<0
      let first = Int(kernel.queryOffsets[row])
      for query in first..<Int(kernel.queryOffsets[row + 1]) {
        for head in 0..<kernel.heads {
          let columns = head * kernel.size..<(head + 1) * kernel.size
          let place = kernel.queryPlaces.map { Int($0[query]) } ?? 0
          let visible = (kernel.isCausal ? text.prefix(place + 1) : text[...]).filter {
            abs($0 - text.lowerBound - place) <= kernel.window ?? .max
          }
          let seen =
            prompt.compactMap { token in
              prefix.map { (keys: $0.keys, values: $0.values, token: token) }
            } + visible.map { (keys: keys, values: values, token: $0) }
          var shares = softmax(
            seen.enumerated().map { index, seen in
              let distance = index - prompt.count - place
              let term = index < prompt.count ? 0 : terms(head, query, seen.token, distance)
              let product = columns.reduce(0) {
                $0 + queries[query, $1] * seen.keys[seen.token, $1]
              }
              return Double(kernel.scale) * (product + term) + bias(head, distance)
            })
          // A key's number among its row's, for what it does not see is counted too.
          let skipped = visible.first.map { $0 - text.lowerBound } ?? 0
          if let (dropout, rowKeys) = kernel.dropout {
            let path = [rowKeys[row], UInt32(head), UInt32(query - first)]
            for index in shares.indices {
              let number = index < prompt.count ? index : index + skipped
              shares[index] *= dropoutFactor(dropout, keys: path, index: number)
            }
          }
          for column in columns {
            result[query, column] = zip(shares, seen).reduce(0) {
              $0 + $1.0 * $1.1.values[$1.1.token, column]
            }
          }
        }
      }
    }
    return result
  }
}
