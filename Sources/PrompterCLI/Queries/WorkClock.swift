// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How long there was something to do: waiting for the next query is no work.
final class WorkClock: Sendable {
  private struct State {
    var pending = 0
    var start: ContinuousClock.Instant?
    var total = Duration.zero
  }

  private let state = Mutex(State())
  private let now: @Sendable () -> ContinuousClock.Instant

  /// A clock that starts at nothing.
  init(now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }) {
    self.now = now
  }

  /// Some more queries wait to be answered.
  func begin(_ count: Int) {
    guard count > 0 else { return }
    state.withLock { state in
      if state.pending == 0 { state.start = now() }
      state.pending += count
    }
  }

  /// Some queries are answered and written.
  func end(_ count: Int) {
    state.withLock { state in
      state.pending -= count
      guard state.pending <= 0, let start = state.start else { return }
      state.total += now() - start
      state.start = nil
    }
  }

  /// The seconds during which some query waited.
  var seconds: Double {
    state.withLock { state in
      var total = state.total
      if let start = state.start { total += now() - start }
      return total / .seconds(1)
    }
  }
}
