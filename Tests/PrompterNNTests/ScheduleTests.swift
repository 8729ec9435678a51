// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterNN
import Testing

@Suite struct ScheduleTests {
  private func factors(_ schedule: Schedule, steps: Int, warmup: Int) -> [Double] {
    (0...steps).map { schedule.factor(step: $0, of: steps, warmup: warmup, epoch: 0) }
  }

  private func isClose(_ left: [Double], _ right: [Double]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { abs($0 - $1) < 1e-12 }
  }

  @Test(arguments: Schedule.allCases)
  func `warm-up rises in a straight line from 0 to the full rate`(schedule: Schedule) {
    let found = factors(schedule, steps: 10, warmup: 4)
    #expect(isClose(Array(found.prefix(5)), [0, 0.25, 0.5, 0.75, 1]))
  }

  @Test(arguments: Schedule.allCases)
  func `without warm-up the first step has the full rate`(schedule: Schedule) {
    #expect(schedule.factor(step: 0, of: 10, warmup: 0, epoch: 0) == 1)
    #expect(schedule.factor(step: 0, of: 1, warmup: 0, epoch: 0) == 1)
    #expect(schedule.factor(step: 0, of: 0, warmup: 0, epoch: 0) == 1)
  }

  @Test(arguments: Schedule.allCases)
  func `a factor is never outside 0 and 1`(schedule: Schedule) {
    for (steps, warmup) in [(0, 0), (1, 0), (1, 1), (5, 5), (3, 7), (20, 2)] {
      for step in 0..<40 {
        let factor = schedule.factor(step: step, of: steps, warmup: warmup, epoch: step / 4)
        #expect((0...1).contains(factor), "step \(step) of \(steps), warm-up \(warmup)")
      }
    }
  }

  @Test func `linear falls in a straight line to 0`() {
    let expected = [0, 0.5, 1, 0.75, 0.5, 0.25, 0]
    #expect(isClose(factors(.linear, steps: 6, warmup: 2), expected))
    #expect(Schedule.linear.factor(step: 99, of: 6, warmup: 2, epoch: 0) == 0)
  }

  @Test func `constant stays`() {
    #expect(factors(.constant, steps: 6, warmup: 2).dropFirst(2).allSatisfy { $0 == 1 })
  }

  @Test func `cosine falls along half a cosine and stays at 0`() {
    let expected = [1, (1 + 0.5.squareRoot()) / 2, 0.5, (1 - 0.5.squareRoot()) / 2, 0]
    #expect(isClose(factors(.cosine, steps: 4, warmup: 0), expected))
    #expect(abs(Schedule.cosine.factor(step: 9, of: 4, warmup: 0, epoch: 0)) < 1e-12)
  }

  @Test func `exponential falls with each epoch, not within one`() {
    func factor(step: Int, epoch: Int) -> Double {
      Schedule.exponential.factor(step: step, of: 100, warmup: 0, epoch: epoch)
    }
    #expect(factor(step: 9, epoch: 0) == 1)
    #expect(factor(step: 10, epoch: 1) == factor(step: 19, epoch: 1))
    #expect(abs(factor(step: 30, epoch: 3) - 0.95 * 0.95 * 0.95) < 1e-12)
  }
}
