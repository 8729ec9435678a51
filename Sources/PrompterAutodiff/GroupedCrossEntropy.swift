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
  groupedCrossEntropy(
    scores, counts: counts, right: labels.map { $0 < 0 ? [] : [Int($0)] }, scale: scale)
}

/// The same where several members of a group may be true, and any of them will do.
///
/// With G the true members of group g and p the softmax over the group,
/// loss = −scale Σ_g log Σ_{r in G} p[r]; dz = scale (p − q), q being the softmax over G alone and
/// 0 elsewhere.
///
/// - Parameters:
///   - scores: z [rows, 1].
///   - counts: The rows of each group, one at least.
///   - right: The places of each group's true members within it, each once; a group without any
///     counts for nothing.
///   - scale: What the sum is multiplied by.
/// - Returns: A scalar.
/// - Complexity: O(rows), in double precision.
public func groupedCrossEntropy(
  _ scores: Variable, counts: [Int], right: [[Int]], scale: Float
) -> Variable {
  precondition(
    scores.value.columns == 1 && counts.reduce(0, +) == scores.value.rows
      && counts.count == right.count
      && zip(counts, right).allSatisfy { count, own in own.allSatisfy { 0..<count ~= $0 } },
    "Groups of \(counts) scores with members \(right) do not make up \(scores.shape).")
  let (values, gradient) = (scores.value.buffer, Tensor(zeros: scores.shape))
  var (sum, first) = (0.0, 0)
  for (count, right) in zip(counts, right) {
    let rows = Array(first..<first + count)
    let members = right.map { first + $0 }
    first += count
    guard !members.isEmpty else { continue }
    let (all, own) = (Shares(of: rows, in: values), Shares(of: members, in: values))
    sum += log(all.total) - (own.largest - all.largest + log(own.total))
    for (row, share) in zip(rows, all.shares) { gradient.buffer[row] = scale * Float(share) }
    for (row, share) in zip(members, own.shares) {
      let place = row - rows[0]
      gradient.buffer[row] = scale * Float(all.shares[place] - share)
    }
  }
  let loss = Tensor([Float(sum) * scale], shape: [])
  guard let tape = scores.tape else { return Variable(loss) }
  return tape.record(loss) { [scores = scores.adjoint] dy in
    let factor = dy.buffer[0]
    scores?.accumulate(Tensor(gradient.values.map { $0 * factor }, shape: gradient.shape))
  }
}

/// The softmax over some values.
private struct Shares {
  let largest: Double
  /// Σ exp(z − largest).
  let total: Double
  let shares: [Double]

  init(of places: [Int], in values: Buffer) {
    let own = places.map { Double(values[$0]) }
    let largest = own.reduce(own[0], max)
    let weights = own.map { exp($0 - largest) }
    let total = weights.reduce(0, +)
    (self.largest, self.total) = (largest, total)
    shares = weights.map { $0 / total }
  }
}
