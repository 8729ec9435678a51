// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels
internal import Foundation

/// A fixed number of threads, one for each replica, that run the same work on different parts.
///
/// Each thread keeps to one core, if asked, and to one thread inside the product library. With one
/// member the calling thread does the work itself. It also does that of threads that the system
/// refuses to start, so that the parts, and what comes of them, are the same.
public final class ThreadTeam: Sendable {
  /// The number of parts that work is split into.
  public let count: Int

  /// The number of threads that were started.
  public let startedCount: Int

  private let board: WorkBoard

  /// Starts the threads.
  ///
  /// - Parameters:
  ///   - count: How many, at least 1.
  ///   - isPinned: Whether each thread keeps to one of the cores that this process may use.
  public convenience init(count: Int, isPinned: Bool = true) {
    self.init(count: count, isPinned: isPinned, start: Threads.start)
  }

  /// A team whose threads are started by `start`, which says whether it could.
  init(count: Int, isPinned: Bool, start: (@escaping @Sendable () -> Void) -> Bool) {
    precondition(count > 0, "A team needs at least one thread.")
    self.count = count
    let board = WorkBoard()
    self.board = board
    prompter_use_one_thread()
    let cores = isPinned ? Self.usableCores : []
    var started = 0
    while count > 1, started < count {
      let index = started
      let core = cores.count >= count ? cores[index] : nil
      let isStarted = start { [board] in
        prompter_use_one_thread()
        if let core { prompter_pin_thread(Int32(core)) }
        board.work(as: index)
      }
      guard isStarted else { break }
      started += 1
    }
    startedCount = started
  }

  deinit {
    board.finish()
  }

  /// Runs `body(0)`, …, `body(count - 1)`, each on its own thread, and waits for all.
  ///
  /// Several threads may call this; they take turns. A part must not call it on its own team.
  public func run(_ body: @Sendable (Int) -> Void) {
    // The caller need not be the thread that made the team.
    if startedCount < count { prompter_use_one_thread() }
    guard startedCount > 0 else { return (0..<count).forEach(body) }
    withoutActuallyEscaping(body) { board.run($0, parts: startedCount, own: startedCount..<count) }
  }

  /// The cores that this process may use, empty where the system does not tell.
  public static var usableCores: [Int] {
    var cores = [Int32](repeating: 0, count: 1024)
    let count = unsafe prompter_usable_cores(&cores, Int32(cores.count))
    return cores.prefix(Int(count)).map(Int.init)
  }
}

/// Where a team's owner leaves work and its threads pick it up; all state is under one lock.
private final class WorkBoard: @unchecked Sendable {
  private let condition = NSCondition()
  private var work: (@Sendable (Int) -> Void)?
  private var generation = 0
  private var remaining = 0
  private var isFinished = false

  // Work on parts that have a thread, and on the caller's own.
  func run(_ body: @escaping @Sendable (Int) -> Void, parts: Int, own: Range<Int>) {
    condition.lock()
    while work != nil { condition.wait() }  // another caller's
    work = body
    remaining = parts
    generation += 1
    condition.broadcast()
    if !own.isEmpty {
      condition.unlock()
      own.forEach(body)
      condition.lock()
    }
    while remaining > 0 { condition.wait() }
    work = nil
    condition.broadcast()
    condition.unlock()
  }

  func finish() {
    condition.lock()
    isFinished = true
    condition.broadcast()
    condition.unlock()
  }

  // A thread's life: each generation of work once, until the team is gone.
  func work(as index: Int) {
    var seen = 0
    condition.lock()
    while true {
      while generation == seen && !isFinished { condition.wait() }
      if isFinished { break }
      seen = generation
      let body = work
      condition.unlock()
      body?(index)
      condition.lock()
      remaining -= 1
      if remaining == 0 { condition.broadcast() }
    }
    condition.unlock()
  }
}
