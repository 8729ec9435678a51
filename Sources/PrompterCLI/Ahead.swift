// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Elements that a thread of its own makes, two ahead of whoever takes them.
///
/// So that reading, computing and writing go on at the same time, each on what the other has done.
final class Ahead<Element: Sendable>: Sendable {
  private let shelf = Shelf<Element>(limit: 2)

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - state: What the elements are made from.
  ///   - make: The next element, `nil` after the last one.
  init<State: Sendable>(
    from state: State, _ make: @escaping @Sendable (inout State) throws -> Element?
  ) {
    let thread = Thread { [shelf] in
      var state = state
      var isGoingOn = true
      while isGoingOn {
        let made = Result { try make(&state) }
        isGoingOn = shelf.put(made)
      }
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  deinit {
    shelf.close()
  }

  /// The next element, `nil` after the last one; the error that ended the thread is thrown once.
  func next() throws -> Element? {
    try shelf.take()?.get()
  }
}

/// Where one thread leaves elements and another takes them; all state is under one lock.
private final class Shelf<Element: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private let limit: Int
  private var waiting: [Result<Element?, any Error>] = []
  private var hasEnded = false
  private var isClosed = false

  init(limit: Int) {
    self.limit = limit
  }

  // Waits for room; whether more is wanted.
  func put(_ made: Result<Element?, any Error>) -> Bool {
    condition.withLock {
      while waiting.count >= limit, !isClosed { condition.wait() }
      waiting.append(made)
      if case .success(.some) = made {} else { hasEnded = true }
      condition.broadcast()
      return !hasEnded && !isClosed
    }
  }

  func take() -> Result<Element?, any Error>? {
    condition.withLock {
      while waiting.isEmpty, !hasEnded { condition.wait() }
      guard !waiting.isEmpty else { return nil }
      condition.broadcast()
      return waiting.removeFirst()
    }
  }

  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }
}
