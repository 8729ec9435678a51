// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// Biases of attention scores by head and distance: what is looked up once for a whole batch.
public struct PositionBias: Sendable {
  /// [heads, ``distances``]: column reach + d is for keys d places after their query.
  public let lines: Buffer
  /// The longest distance, in either direction.
  public let reach: Int

  /// Lines for all distances of at most `reach`, in either direction.
  public init(lines: Buffer, reach: Int) {
    precondition(reach >= 0, "A bias needs a reach.")
    self.lines = lines
    self.reach = reach
  }

  /// The number of distances.
  public var distances: Int { 2 * reach + 1 }
}

extension Kernels {
  /// lines[h, d] = table[buckets[d], h] for a table [buckets, heads].
  public static func biasLines(
    _ buckets: [Int32], of table: Buffer, heads: Int, into lines: Buffer
  ) {
    expect(buckets, below: rows(of: table, columns: heads, "biasLines"), "biasLines")
    expect(lines, count: heads * buckets.count, "biasLines")
    unsafe prompter_bias_lines(lines.base, table.base, buckets, heads, buckets.count)
  }

  /// The pullback of `biasLines`, added to the table's gradient.
  public static func biasLinesPullback(
    _ dlines: Buffer, to buckets: [Int32], of dtable: Buffer, heads: Int
  ) {
    expect(buckets, below: rows(of: dtable, columns: heads, "biasLines"), "biasLines")
    expect(dlines, count: heads * buckets.count, "biasLines")
    unsafe prompter_bias_lines_backward(dtable.base, dlines.base, buckets, heads, buckets.count)
  }
}
