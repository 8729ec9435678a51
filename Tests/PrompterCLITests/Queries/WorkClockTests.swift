// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import PrompterCLI

@Suite struct WorkClockTests {
  @Test func `waiting for queries is no work, answering some of them is`() {
    let time = Mutex(ContinuousClock.now)
    let clock = WorkClock { time.withLock { $0 } }
    func pass(_ seconds: Int) { time.withLock { $0 = $0.advanced(by: .seconds(seconds)) } }
    pass(100)
    clock.begin(0)
    pass(100)
    clock.begin(2)
    pass(1)
    clock.end(1)
    pass(1)
    clock.begin(3)
    pass(1)
    clock.end(4)
    pass(100)
    #expect(clock.seconds == 3)
    clock.begin(1)
    pass(4)
    #expect(clock.seconds == 7)
  }
}
