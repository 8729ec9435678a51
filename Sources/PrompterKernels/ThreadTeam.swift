// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels
internal import Foundation

/// A fixed number of threads, one for each replica, that run the same work on different parts.
///
/// Each thread keeps to one core, if asked, and to one thread inside the product library. With one
/// member the calling thread does the work itself.
public final class ThreadTeam: Sendable {
  /// The number of threads.
  public let count: Int

  private let board = WorkBoard()

  /// Starts the threads.
  ///
  /// - Parameters:
  ///   - count: How many, at least 1.
  ///   - isPinned: Whether each thread keeps to one of the cores that this process may use.
  public init(count: Int, isPinned: Bool = true) {
    precondition(count > 0, "A team needs at least one thread.")
    self.count = count
    prompter_use_one_thread()
    guard count > 1 else { return }
    let cores = Self.usableCores
    for index in 0..<count {
      let core = isPinned && cores.count >= count ? cores[index] : nil
      let thread = Thread { [board] in
        prompter_use_one_thread()
        if let core { prompter_pin_thread(Int32(core)) }
        board.work(as: index)
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  deinit {
    board.finish()
  }

  /// Runs `body(0)`, …, `body(count - 1)`, each on its own thread, and waits for all.
  ///
  /// Several threads may call this; they take turns. A part must not call it on its own team.
  public func run(_ body: @Sendable (Int) -> Void) {
    guard count > 1 else {
      prompter_use_one_thread()  // the caller need not be the thread that made the team
      return body(0)
    }
    withoutActuallyEscaping(body) { board.run($0, parts: count) }
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

  func run(_ body: @escaping @Sendable (Int) -> Void, parts: Int) {
    condition.lock()
    while work != nil { condition.wait() }  // another caller's
    work = body
    remaining = parts
    generation += 1
    condition.broadcast()
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
