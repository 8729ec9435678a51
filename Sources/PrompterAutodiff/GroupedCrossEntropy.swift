// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterKernels
internal import PrompterTensor

/// The cross-entropy of scores that stand one below the other, group after group, against the true
/// member of each group, in nats, summed and scaled: of choices with a row each, or of the tokens
/// of a text.
///
/// loss = scale Σ_g (log Σ_r exp z[r] − z[label g]) with r over the rows of group g; the pullback
/// is dz = scale (softmax over the group − one-hot).
///
/// - Parameters:
///   - scores: z [rows, 1].
///   - counts: The rows of each group, one at least.
///   - labels: The place of each group's true member within it; a group whose label is negative
///     counts for nothing.
///   - scale: What the sum is multiplied by.
/// - Returns: A scalar.
/// - Complexity: O(rows), in double precision.
public func groupedCrossEntropy(
  _ scores: Variable, counts: [Int], labels: [Int32], scale: Float
) -> Variable {
  precondition(
    scores.value.columns == 1 && counts.reduce(0, +) == scores.value.rows
      && counts.count == labels.count && zip(counts, labels).allSatisfy { $0 > 0 && $1 < $0 },
    "Groups of \(counts) scores with labels \(labels) do not make up \(scores.shape).")
  let (values, gradient) = (scores.value.buffer, Tensor(zeros: scores.shape))
  var (sum, first) = (0.0, 0)
  for (count, label) in zip(counts, labels) {
    let rows = first..<first + count
    first = rows.upperBound
    guard label >= 0 else { continue }
    let right = rows.lowerBound + Int(label)
    let largest = rows.reduce(values[right]) { max($0, values[$1]) }
    let shares = rows.map { exp(Double(values[$0]) - Double(largest)) }
    let total = shares.reduce(0, +)
    sum += log(total) - (Double(values[right]) - Double(largest))
    for (row, share) in zip(rows, shares) {
      gradient.buffer[row] = scale * Float(share / total - (row == right ? 1 : 0))
    }
  }
  let loss = Tensor([Float(sum) * scale], shape: [])
  guard let tape = scores.tape else { return Variable(loss) }
  return tape.record(loss) { [scores = scores.adjoint] dy in
    let factor = dy.buffer[0]
    scores?.accumulate(Tensor(gradient.values.map { $0 * factor }, shape: gradient.shape))
  }
}
