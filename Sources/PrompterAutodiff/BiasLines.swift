// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// Biases of attention scores by distance, looked up once for all layers and rows that share them.
///
/// Raffel and others 2020, section 2.1: a table has a number for each head and each bucket of
/// distances. Its gradient is the sum over all scores that a bucket was added to.
public struct BiasLines {
  /// [heads, 2 reach + 1]: column reach + d is for keys d places after their query.
  public let lines: Variable
  /// The longest distance, in either direction.
  public let reach: Int

  /// Looks up a table.
  ///
  /// - Parameters:
  ///   - table: [buckets, heads].
  ///   - reach: The longest distance that is needed.
  ///   - bucket: The bucket of a distance, from the query to the key.
  public init(table: Variable, reach: Int, bucket: (Int) -> Int) {
    let heads = table.value.columns
    let buckets = (-reach...reach).map { Int32(bucket($0)) }
    let lines = Tensor(uninitialized: [heads, buckets.count])
    Kernels.biasLines(buckets, of: table.value.buffer, heads: heads, into: lines.buffer)
    self.reach = reach
    guard let tape = table.tape else {
      self.lines = Variable(lines)
      return
    }
    self.lines = tape.record(lines) { [table = table.adjoint] dlines in
      guard let dtable = table?.owned() else { return }
      Kernels.biasLinesPullback(dlines.buffer, to: buckets, of: dtable.buffer, heads: heads)
    }
  }

  var bias: PositionBias { PositionBias(lines: lines.value.buffer, reach: reach) }
}
