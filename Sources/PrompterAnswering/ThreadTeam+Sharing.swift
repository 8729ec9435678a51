// SPDX-License-Identifier: Apache-2.0

internal import PrompterCore
internal import PrompterKernels

extension ThreadTeam {
  /// What `answer` makes of rows, in the rows' order.
  ///
  /// Rows are cut into consecutive rounds, and each round into batches of equal cost, one for each
  /// thread; a thread that is done takes the next batch.
  ///
  /// - Parameters:
  ///   - costs: The cost of each row.
  ///   - amount: How much there is of what limits a batch: costs, or rows.
  ///   - budget: How much of it a batch has, about.
  ///   - answer: The answers to some of the rows, in their order.
  /// - Returns: An answer for each row.
  func share<Answer: Sendable>(
    costs: [Int], amount: Int, budget: Int, _ answer: @Sendable (_ rows: [Int]) -> [Answer]
  ) -> [Answer] {
    let perRound = budget * count
    let rounds = max(1, (amount + perRound - 1) / perRound)
    let shares = RowSplit.ranges(costs: costs, parts: rounds).flatMap { round in
      RowSplit.shares(costs: Array(costs[round]), parts: count).map { share in
        share.map { round.lowerBound + $0 }
      }
    }.filter { !$0.isEmpty }
    let answers = mapInTurn(shares.count) { answer(shares[$0]) }
    return zip(shares.joined(), answers.joined()).sorted { $0.0 < $1.0 }.map(\.1)
  }
}
