// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterKernels
internal import PrompterTensor

/// Tokens drawn at random from the likeliest ones.
///
/// The tokens are cut to the `topK` likeliest (Fan and others 2018), then to the fewest whose
/// probabilities add up to `topP` (Holtzman and others 2020), and one is drawn by what is left of
/// the probabilities.
public struct Sampling: Sendable, Equatable {
  /// What logits are divided by.
  public var temperature: Float
  /// How many of the likeliest tokens may be drawn; all by default.
  public var topK: Int?
  /// The share of probability that the drawn token is from; all of it by default.
  public var topP: Float
  /// What decides the draws, together with a row's number.
  public var seed: UInt64

  /// Draws from the likeliest tokens.
  public init(temperature: Float = 1, topK: Int? = nil, topP: Float = 1, seed: UInt64) {
    precondition(temperature > 0, "A temperature is above 0.")
    precondition(topK.map { $0 > 0 } ?? true && topP > 0, "At least one token must be left.")
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.seed = seed
  }

  func generator(number: Int) -> SeededGenerator {
    SeededGenerator(seed: seed, purpose: "sampling", index: number)
  }

  func draw(
    from logits: Tensor, row: Int, using generator: inout SeededGenerator
  ) -> Int {
    let columns = logits.columns
    let own = Tensor(uninitialized: [1, columns])
    Kernels.copyRows(row..<row + 1, of: logits.buffer, to: own.buffer, columns: columns)
    let candidates = candidates(own)
    let total = candidates.reduce(0) { $0 + $1.weight }
    var rest = generator.uniform() * total
    for (token, weight) in candidates {
      rest -= weight
      if rest < 0 { return token }
    }
    return candidates.last?.token ?? 0
  }

  // The tokens that may be drawn, likeliest first, with weights that need not add up to 1.
  private func candidates(_ logits: Tensor) -> [(token: Int, weight: Double)] {
    let count = min(topK ?? logits.columns, logits.columns)
    let order = largest(count, of: logits)
    let best = order.first.map { logits.buffer[$0] } ?? 0
    var candidates = order.map {
      (token: $0, weight: exp(Double((logits.buffer[$0] - best) / temperature)))
    }
    guard topP < 1 else { return candidates }
    let total = candidates.reduce(0) { $0 + $1.weight }
    var (sum, kept) = (0.0, 0)
    while kept < candidates.count, sum < Double(topP) * total {
      sum += candidates[kept].weight
      kept += 1
    }
    candidates.removeLast(candidates.count - kept)
    return candidates
  }

  // Few are picked out, many are sorted.
  private func largest(_ count: Int, of logits: Tensor) -> [Int] {
    if count <= 256 {
      return Kernels.largest(count, of: logits.buffer, columns: logits.columns)[0]
    }
    let values = logits.values
    return Array(values.indices.sorted { (values[$1], $0) < (values[$0], $1) }.prefix(count))
  }
}
