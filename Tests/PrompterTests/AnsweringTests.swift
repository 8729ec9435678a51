// SPDX-License-Identifier: Apache-2.0

import PrompterCore
import Testing

@testable import Prompter

@Suite struct AnsweringTests {
  @Test(arguments: [1, 2, 3], [0, 1, 5, 100, 1000])
  func `chunks hold every row once and keep all threads busy`(threads: Int, count: Int) {
    let rows = (0..<count).map { index in
      let length = 1 + (index * 37) % 40
      let ids = [Int32](repeating: 7, count: length)
      return Row(ids: ids, segments: ids.map { _ in 0 })
    }
    let chunks = Answering.chunks(of: rows, threads: threads)
    #expect(chunks.count % threads == 0)
    #expect(chunks.flatMap { Array($0) } == Array(0..<count))
    for chunk in chunks {
      let slots = rows[chunk].reduce(0) { $0 + $1.ids.count }
      #expect(slots <= Answering.slotBudget + 40)
    }
    let shares = (0..<threads).map { thread in
      let own = chunks.count * thread / threads..<chunks.count * (thread + 1) / threads
      return chunks[own].reduce(0) { $0 + rows[$1].reduce(0) { $0 + $1.ids.count } }
    }
    // No thread has more than its share, up to two rows a chunk.
    let mean = shares.reduce(0, +) / threads
    #expect(shares.allSatisfy { $0 <= mean + 40 * (1 + chunks.count / threads) })
  }
}
