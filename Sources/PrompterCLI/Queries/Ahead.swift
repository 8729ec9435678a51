// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import Synchronization

/// Elements that a thread of its own makes, some ahead of whoever takes them.
///
/// So that reading, computing and writing go on at the same time, each on what the other has done.
/// Where the system allows no more threads, each is made when it is asked for.
final class Ahead<Element: Sendable>: Sendable {
  private let shelf: Shelf<Element>
  private let makeNow: (@Sendable () throws -> Element?)?

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - state: What the elements are made from.
  ///   - limit: How much may wait until it is taken: no more are made while there is as much.
  ///   - size: How much an element is, 1 by default.
  ///   - start: Starts a thread, or says that it cannot.
  ///   - make: The next element, `nil` after the last one.
  init<State: Sendable>(
    from state: State, limit: Int = 2, size: @escaping @Sendable (Element) -> Int = { _ in 1 },
    start: (@escaping @Sendable () -> Void) -> Bool = Threads.start,
    _ make: @escaping @Sendable (inout State) throws -> Element?
  ) {
    let shelf = Shelf<Element>(limit: limit, size: size)
    self.shelf = shelf
    let isStarted = start {
      var state = state
      var isGoingOn = true
      while isGoingOn {
        let made = Result { try make(&state) }
        isGoingOn = shelf.put(made)
      }
    }
    makeNow = isStarted ? nil : Maker(state, make).next
  }

  deinit {
    shelf.close()
  }

  /// The next element, `nil` after the last one; the error that ended the thread is thrown once.
  func next() throws -> Element? {
    try next(atMost: 1).first
  }

  /// The next element and those that wait behind it, as many as are within a limit together;
  /// none after the last one.
  func next(atMost limit: Int) throws -> [Element] {
    if let makeNow { return try makeNow().map { [$0] } ?? [] }
    return try shelf.take(atMost: limit).compactMap { try $0.get() }
  }
}

/// Makes one element after another for whoever asks; nothing after the last one or an error.
private final class Maker<State: Sendable, Element: Sendable>: Sendable {
  private let state: Mutex<State?>
  private let make: @Sendable (inout State) throws -> Element?

  init(_ state: State, _ make: @escaping @Sendable (inout State) throws -> Element?) {
    self.state = Mutex(state)
    self.make = make
  }

  @Sendable func next() throws -> Element? {
    try state.withLock { state in
      guard var current = state else { return nil }
      state = nil
      guard let made = try make(&current) else { return nil }
      state = current
      return made
    }
  }
}

/// Where one thread leaves elements and another takes them; all state is under one lock.
private final class Shelf<Element: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private let limit: Int
  private let size: @Sendable (Element) -> Int
  private var waiting: [(made: Result<Element?, any Error>, size: Int)] = []
  private var waitingSize = 0
  private var hasEnded = false
  private var isClosed = false

  init(limit: Int, size: @escaping @Sendable (Element) -> Int) {
    self.limit = limit
    self.size = size
  }

  // Waits for room; whether more is wanted.
  func put(_ made: Result<Element?, any Error>) -> Bool {
    condition.withLock {
      while waitingSize >= limit, !isClosed { condition.wait() }
      var size = 0
      if case .success(let element?) = made { size = self.size(element) } else { hasEnded = true }
      waiting.append((made, size))
      waitingSize += size
      condition.broadcast()
      return !hasEnded && !isClosed
    }
  }

  // At least one, unless all is over; what was made before a failure comes without it.
  func take(atMost limit: Int) -> [Result<Element?, any Error>] {
    condition.withLock {
      while waiting.isEmpty, !hasEnded { condition.wait() }
      var taken: [Result<Element?, any Error>] = []
      var room = limit
      for (made, size) in waiting {
        if case .failure = made, !taken.isEmpty { break }
        guard size <= room || taken.isEmpty else { break }
        taken.append(made)
        room -= size
        waitingSize -= size
      }
      waiting.removeFirst(taken.count)
      condition.broadcast()
      return taken
    }
  }

  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }
}
