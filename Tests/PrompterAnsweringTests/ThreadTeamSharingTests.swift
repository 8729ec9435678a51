// SPDX-License-Identifier: Apache-2.0

import Prompter
import PrompterKernels
import Synchronization
import Testing

@testable import PrompterAnswering

@Suite struct ThreadTeamSharingTests {
  @Test(arguments: [1, 2, 3], [0, 1, 5, 100, 1000])
  func `answers come in the rows' order, from threads with equal work`(threads: Int, count: Int) {
    let costs = (0..<count).map { 1 + ($0 * 37) % 40 }
    let team = ThreadTeam(count: threads, isPinned: false)
    let batches = Mutex<[[Int]]>([])
    let rounds = 3
    let amount = costs.reduce(0, +)
    let budget = max(1, (amount + rounds * threads - 1) / (rounds * threads))
    let answers = team.share(costs: costs, amount: amount, budget: budget) { rows in
      batches.withLock { $0.append(rows) }
      return rows.map { $0 * $0 }
    }
    #expect(answers == (0..<count).map { $0 * $0 })
    let found = batches.withLock(\.self)
    #expect(found.count <= rounds * threads && found.allSatisfy { !$0.isEmpty })
    #expect(found.flatMap(\.self).sorted() == Array(0..<count))
    // A batch has no more than its share, up to a row; a round's own share may be off by as much.
    let share = amount / (rounds * threads)
    #expect(found.allSatisfy { $0.reduce(0) { $0 + costs[$1] } <= share + 80 })
  }
}
