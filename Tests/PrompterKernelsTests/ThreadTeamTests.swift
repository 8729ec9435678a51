// SPDX-License-Identifier: Apache-2.0

import PrompterTensor
import PrompterTestSupport
import Synchronization
import Testing

@testable import PrompterKernels

@Suite(.namesValues) struct ThreadTeamTests {
  @Test(arguments: [1, 2, 3, 8])
  func `every part runs exactly once, each time`(count: Int) {
    let team = ThreadTeam(count: count, isPinned: false)
    #expect(team.count == count)
    let runs = Mutex([Int](repeating: 0, count: count))
    for round in 1...200 {
      team.run { part in runs.withLock { $0[part] += 1 } }
      #expect(runs.withLock { $0 } == Array(repeating: round, count: count))
    }
  }

  @Test func `parts run at the same time`() {
    let team = ThreadTeam(count: 3, isPinned: false)
    let arrived = Atomic(0)
    // Each part waits for all others, which only ends if all of them have a thread.
    team.run { _ in
      arrived.add(1, ordering: .sequentiallyConsistent)
      while arrived.load(ordering: .sequentiallyConsistent) < 3 {}
    }
    #expect(arrived.load(ordering: .sequentiallyConsistent) == 3)
  }

  @Test(arguments: [0, 1, 2])
  func `parts whose threads cannot start are the caller's`(allowed: Int) {
    var left = allowed
    let team = ThreadTeam(count: 4, isPinned: false) { body in
      guard left > 0 else { return false }
      left -= 1
      return Threads.start(body)
    }
    #expect(team.count == 4)
    #expect(team.startedCount == allowed)
    let runs = Mutex([Int](repeating: 0, count: 4))
    for round in 1...100 {
      team.run { part in runs.withLock { $0[part] += 1 } }
      #expect(runs.withLock { $0 } == Array(repeating: round, count: 4))
    }
    #expect(team.map(9) { $0 * $0 } == (0..<9).map { $0 * $0 })
    #expect(team.mapInTurn(9) { $0 * $0 } == (0..<9).map { $0 * $0 })
  }

  @Test(arguments: [1, 2, 3], [0, 1, 2, 3, 100])
  func `results come in order`(threads: Int, count: Int) {
    let team = ThreadTeam(count: threads, isPinned: false)
    #expect(team.map(count) { $0 * $0 } == (0..<count).map { $0 * $0 })
    #expect(team.mapInTurn(count) { $0 * $0 } == (0..<count).map { $0 * $0 })
  }

  @Test func `a thread that is done takes the next part`() {
    let team = ThreadTeam(count: 2, isPinned: false)
    let done = Atomic(0)
    // The first part ends when the other thread has done all the others.
    let results = team.mapInTurn(10) { part in
      if part == 0 {
        while done.load(ordering: .sequentiallyConsistent) < 9 {}
      }
      done.add(1, ordering: .sequentiallyConsistent)
      return part
    }
    #expect(results == Array(0..<10))
  }

  @Test func `teams come and go`() {
    let total = Atomic(0)
    for count in 1...20 {
      let team = ThreadTeam(count: 1 + count % 4)
      team.run { total.add($0, ordering: .relaxed) }
      if count % 3 == 0 { team.run { total.add($0, ordering: .relaxed) } }
    }
    let expected = (1...20).reduce(0) { sum, count in
      let parts = count % 4
      return sum + parts * (parts + 1) / 2 * (count % 3 == 0 ? 2 : 1)
    }
    #expect(total.load(ordering: .relaxed) == expected)
  }

  @Test func `a team that never ran can go`() {
    for _ in 0..<20 { _ = ThreadTeam(count: 2) }
  }

  @Test func `two threads may ask one team for work`() {
    let team = ThreadTeam(count: 2, isPinned: false)
    let callers = ThreadTeam(count: 3, isPinned: false)
    let total = Atomic(0)
    callers.run { _ in
      for _ in 0..<100 { team.run { _ in total.add(1, ordering: .relaxed) } }
    }
    #expect(total.load(ordering: .relaxed) == 600)
  }

  @Test func `cores are told apart`() {
    let cores = ThreadTeam.usableCores
    #expect(Set(cores).count == cores.count)
  }
}
