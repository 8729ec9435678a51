// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterKernels
internal import PrompterTensor

/// A stretch of rows of scores, one member of which is a span's start and one its end.
public struct SpanGroup: Sendable, Equatable {
  /// The number of rows, one at least.
  public var count: Int
  /// The place of the start within the group.
  public var start: Int32
  /// The place of the end within the group.
  public var end: Int32
  /// How much the group counts.
  public var weight: Double

  /// A group from its parts.
  public init(count: Int, start: Int32, end: Int32, weight: Double = 1) {
    (self.count, self.start, self.end, self.weight) = (count, start, end, weight)
  }

  var isValid: Bool { 0..<Int32(clamping: count) ~= start && 0..<Int32(clamping: count) ~= end }
}

/// The cross-entropy of scores of starts and of ends against the true ones, group after group, in
/// nats, summed and scaled: of the tokens of a text that holds an answer (Devlin and others 2019,
/// section 4.2).
///
/// loss = scale Σ_g w_g / 2 Σ_c (log Σ_r exp z[r, c] − z[place(g, c), c]) with r over the rows of
/// group g and c the start and the end; the pullback is dz = scale w_g / 2 (softmax over the
/// group's column − one-hot).
///
/// - Parameters:
///   - scores: z [rows, 2], the scores of starts and of ends.
///   - groups: The groups in the rows' order.
///   - scale: What the sum is multiplied by.
/// - Returns: A scalar.
/// - Complexity: O(rows), in double precision.
public func spanCrossEntropy(
  _ scores: Variable, groups: [SpanGroup], scale: Float
) -> Variable {
  precondition(
    scores.value.columns == 2 && groups.reduce(0) { $0 + $1.count } == scores.value.rows
      && groups.allSatisfy(\.isValid),
    "\(groups.count) groups of scores do not make up \(scores.shape).")
  var gradient = [Float](repeating: 0, count: 2 * scores.value.rows)
  let sum = scores.value.buffer.withSpan { values in
    var (sum, first) = (0.0, 0)
    for group in groups {
      for (column, right) in [group.start, group.end].enumerated() {
        sum += addTerm(
          of: group, right: Int(right), at: 2 * first + column, in: values, scale: Double(scale),
          &gradient)
      }
      first += group.count
    }
    return sum
  }
  let loss = Tensor([Float(sum) * scale], shape: [])
  guard let tape = scores.tape else { return Variable(loss) }
  return tape.record(loss) { [scores = scores.adjoint, shape = scores.shape] dy in
    let factor = dy.buffer[0]
    scores?.accumulate(
      Tensor(factor == 1 ? gradient : gradient.map { $0 * factor }, shape: shape))
  }
}

// The loss of one column of a group, and its gradient in place.
private func addTerm(
  of group: SpanGroup, right: Int, at start: Int, in values: Span<Float>, scale: Double,
  _ gradient: inout [Float]
) -> Double {
  var largest = values[start]
  for row in 0..<group.count { largest = max(largest, values[start + 2 * row]) }
  var shares = [Double](repeating: 0, count: group.count)
  var total = 0.0
  for row in 0..<group.count {
    shares[row] = exp(Double(values[start + 2 * row]) - Double(largest))
    total += shares[row]
  }
  let weight = group.weight / 2
  for row in 0..<group.count {
    gradient[start + 2 * row] =
      Float(scale * weight * (shares[row] / total - (row == right ? 1 : 0)))
  }
  return weight * (log(total) - (Double(values[start + 2 * right]) - Double(largest)))
}
