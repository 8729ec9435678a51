// SPDX-License-Identifier: Apache-2.0

/// Seconds since it was made, or since the lap before.
package struct Stopwatch: Sendable {
  private let start = ContinuousClock.now
  private var lapStart = ContinuousClock.now

  /// A stopwatch that begins now.
  package init() {}

  /// Seconds since it was made.
  package var seconds: Double { Self.seconds(since: start) }

  /// Seconds since the last lap began; begins the next.
  package mutating func lap() -> Double {
    let now = ContinuousClock.now
    defer { lapStart = now }
    return (now - lapStart) / .seconds(1)
  }

  private static func seconds(since start: ContinuousClock.Instant) -> Double {
    (ContinuousClock.now - start) / .seconds(1)
  }
}
